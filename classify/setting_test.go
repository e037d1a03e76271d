package classify

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"restrain/internal/slowtest"
	"restrain/shellparse"
)

// home makes a directory with files in it.
func home(t *testing.T, files map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, path, strings.ReplaceAll(text, "$DIR", filepath.Join(dir, "work/app")))
	}
	return dir
}

func TestSettings(t *testing.T) {
	for _, c := range []struct {
		name     string
		files    map[string]string // below the home; the work is in work/app
		env      string            // NAME=value
		line     string
		severity Severity
		setting  string
	}{
		{"no context", nil, "", "kubectl delete ns x", Critical, ""},
		{"a context on this machine", map[string]string{".kube/config": "apiVersion: v1\ncurrent-context: kind-shop\n"}, "",
			"kubectl delete ns x", Low, "context: kind-shop"},
		{"a production context", map[string]string{".kube/config": "contexts: []\ncurrent-context: \"prod-eu\"\n"}, "",
			"kubectl apply -f k8s", Medium, "context: prod-eu"},
		{"the flag counts first", map[string]string{".kube/config": "current-context: kind-shop\n"}, "",
			"kubectl --context prod-eu delete deployment web", Critical, "context: prod-eu"},
		{"rows in production", nil, "", "psql shop_production -c 'DELETE FROM a WHERE id = 1'", Medium, "database: shop_production"},
		{"rows that code deletes", nil, "", "python3 -c \"import psycopg2; psycopg2.connect('postgresql://a@db.prod.internal/shop').cursor().execute('DELETE FROM a WHERE id = 1')\"", Medium, "database: db.prod.internal/shop"},
		{"a client that is told in code", nil, "", "node -e \"new Client({host: 'localhost', database: 'shop_test'}).query('DROP TABLE a')\"", Low, "database: localhost/shop_test"},
		{"of two databases none is certain", nil, "", "python3 -c \"a = connect('mysql://db.prod/a'); b = connect('mysql://localhost/b'); b.execute('DELETE FROM a WHERE id = 1')\"", Low, ""},
		{"rows of a domain for production", nil, "", "psql postgres://db.acme-prod.com/shop -c 'DELETE FROM a WHERE id = 1'", Medium, "database: db.acme-prod.com/shop"},
		{"a domain with a word of production in it", nil, "", "psql postgres://db.reproduction.com/shop -c 'DELETE FROM a WHERE id = 1'", Low, "database: db.reproduction.com/shop"},
		{"a database in a cluster of this machine", map[string]string{".kube/config": "current-context: kind-shop\n"}, "",
			"kubectl exec deploy/redis -- redis-cli FLUSHDB", Low, "context: kind-shop"},
		{"a database in a cluster for production", map[string]string{".kube/config": "current-context: kind-shop\n"}, "",
			"sudo kubectl --context prod-eu exec deploy/pg -- psql shop -c 'DELETE FROM a WHERE id = 1'", Medium, "context: prod-eu"},
		{"another machine's context", map[string]string{".kube/config": "current-context: kind-shop\n"}, "",
			"ssh ops1 kubectl exec deploy/redis -- redis-cli FLUSHDB", Critical, "database: deploy/redis"},
		{"a deployment by name is meant", nil, "", "kubectl --context prod-eu apply -f k8s", Low, "context: prod-eu"},
		{"KUBECONFIG is a list", map[string]string{"a": "kind: Config\n", "b": "current-context: minikube\n"}, "KUBECONFIG=$HOME/a:$HOME/b",
			"kubectl delete ns x", Low, "context: minikube"},
		{"an earlier comment", map[string]string{".kube/config": "# current-context: minikube\ncurrent-context: arn:aws:eks:eu:1:cluster/live2\n"}, "",
			"kubectl delete deployment web", Critical, "context: arn:aws:eks:eu:1:cluster/live2"},
		{"a namespace", nil, "", "kubectl delete deployment web -n production", Critical, "namespace: production"},
		{"a Terraform workspace", map[string]string{"work/app/.terraform/environment": "dev"}, "",
			"terraform destroy", High, "workspace: dev"},
		{"TF_WORKSPACE", nil, "TF_WORKSPACE=prod", "terraform state rm aws_instance.a", Critical, "workspace: prod"},
		{"a profile", nil, "AWS_PROFILE=acme-prod", "aws s3 rm s3://b --recursive", Critical, "profile: acme-prod"},
		{"a profile for one command", nil, "", "AWS_PROFILE=sandbox aws dynamodb delete-table --table-name t", High, "profile: sandbox"},
		{"an endpoint here", nil, "", "aws --endpoint-url http://localhost:4566 dynamodb delete-table --table-name t", Low, "endpoint: localhost"},
		{"the database that is dropped", nil, "", "psql -c 'DROP DATABASE shop_test'", Low, "database: shop_test"},
		{"a database that is dropped elsewhere", nil, "", `psql "$DATABASE_URL" -c 'DROP DATABASE shop_production'`, Critical, "database: \uFFFC/shop_production"},
		{"the app of fly.toml", map[string]string{"work/app/fly.toml": "# app\napp = 'shop-production'\n"}, "",
			"fly volumes destroy vol_1", Critical, "app: shop-production"},
		{"a linked Railway project", map[string]string{".railway/config.json": `{"projects":{"/x":{"environmentName":"dev"},"$DIR":{"projectPath":"$DIR","environmentName":"production"}}}`}, "",
			"railway down", Critical, "environment: production"},
		{"the docker context", map[string]string{".docker/config.json": "{\n\t\"auths\": {},\n\t\"currentContext\": \"prod-swarm\"\n}"}, "",
			"docker volume rm data", Critical, "context: prod-swarm"},
		{"a database here", map[string]string{"work/app/.env": "A=1\nexport DATABASE_URL=\"postgres://u:hunter2@localhost:5432/shop\"\n"}, "",
			"npx prisma migrate reset --force", Medium, "database: localhost/shop"},
		{"a database elsewhere", nil, "DATABASE_URL=postgres://u:hunter2@db.prod.example.com/shop", "rails db:drop", Critical, "database: db.prod.example.com/shop"},
		{"a test run's database", nil, "", "RAILS_ENV=test rails db:drop", Low, "environment: test"},
		{"an environment of its own file", map[string]string{"work/app/.env": "DB_HOST=db.example.com\n", "work/app/.env.testing": "DB_HOST=127.0.0.1\n"}, "",
			"php artisan migrate:fresh --env=testing", Low, "environment: testing"},
		{"an environment without one", map[string]string{"work/app/.env": "DB_HOST=db.example.com\n"}, "", "php artisan migrate:fresh --env=testing", High, ""},
		{"neither", nil, "", "APP_ENV=testing php artisan migrate:fresh", Low, "environment: testing"},
		{"a database by name", nil, "", "psql -h localhost shop_test -c 'DROP TABLE a'", Low, "database: localhost/shop_test"},
		{"the name in the statement", nil, "", "psql -h db.internal -c 'DROP DATABASE prod'", Critical, "database: db.internal/prod"},
		{"no name of a file that holds something else", map[string]string{"work/app/.terraform/environment": "key = hunter2 secret\n"}, "",
			"terraform destroy", Critical, ""},
		{"another machine's files", map[string]string{".kube/config": "current-context: kind-shop\n"}, "",
			"ssh ops@host kubectl delete ns x", Critical, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			root := home(t, c.files)
			dir := filepath.Join(root, "work/app")
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			l := unhurried(dir, func(name string) (string, bool) {
				key, value, _ := strings.Cut(c.env, "=")
				switch name {
				case "HOME":
					return root, true
				case key:
					return strings.ReplaceAll(value, "$HOME", root), true
				}
				return "", false
			})
			script := shellparse.Parse(c.line, shellparse.Options{Dir: dir, Home: root})
			severity, setting := strongest(Shipped().Classify(script, l))
			if severity != c.severity || setting != c.setting {
				t.Errorf("%s: %s, %q; want %s, %q", c.line, severity, setting, c.severity, c.setting)
			}
		})
	}
}

func strongest(step Step) (Severity, string) {
	for i := range step.Actions {
		if a := &step.Actions[i]; a.Severity == step.Severity {
			return a.Severity, a.Setting
		}
	}
	return None, ""
}

// hung is a place whose file system does not answer.
type hung struct {
	*Live
	never chan struct{}
}

func (h hung) Looks() Looks { return hungLooks{never: h.never} }

type hungLooks struct {
	disk
	never chan struct{}
}

func (hungLooks) Within() time.Duration { return lookTime }

func (h hungLooks) Lstat(string) (fs.FileInfo, error) {
	<-h.never
	return nil, fs.ErrNotExist
}

func TestSlowFileSystem(t *testing.T) {
	slowtest.Long(t)
	t.Parallel()
	dir := repo(t)
	never := make(chan struct{})
	t.Cleanup(func() { close(never) })
	l := live(dir)
	l.within = time.Millisecond
	l.look = func(context.Context, string) TargetInfo {
		<-never
		return TargetInfo{Known: true}
	}
	l.read = func(string, int) ([]byte, error) {
		<-never
		return []byte("current-context: minikube\n"), nil
	}
	for line, want := range map[string]Severity{
		"git restore src":      Low,  // no loss if it could be seen that git has it
		"rm -rf draft":         High, // nobody knows whether there is a copy
		"kubectl delete ns x":  Critical,
		"terraform destroy":    Critical,
		"kubectl delete ns ab": Critical,
	} {
		script := shellparse.Parse(line, shellparse.Options{Dir: dir, Home: "/home/nobody-here"})
		if step := Shipped().Classify(script, hung{l, never}); step.Severity != want {
			t.Errorf("%s on a file system that hangs: %s, want %s", line, step.Severity, want)
		}
	}
	if target := l.Target(filepath.Join(dir, "src")); target.Known || target.Recoverable() {
		t.Errorf("a target that nobody saw: %+v", target)
	}
}

func TestProvidersHaveRules(t *testing.T) {
	set := Shipped()
	for i := range set.Providers {
		p := &set.Providers[i]
		if len(set.RulesFor(p, "*.destroy", "privilege", "system")) == 0 {
			t.Errorf("no rule says what destroys at %s", p.Title)
		}
	}
	if len(set.Providers) < 40 {
		t.Errorf("%d providers", len(set.Providers))
	}
}
