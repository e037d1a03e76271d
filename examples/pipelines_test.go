package examples

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// checkout is a desk with a repository like that of a pipeline for a change: its
// remote has main and the policy, the change is checked out.
func checkout(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	remote := filepath.Join(filepath.Dir(d.dir), "remote.git")
	d.must("git", "init", "-q", "--bare", "-b", "main", remote)
	d.must("git", "init", "-q", "-b", "main", ".")
	d.lays("policy/.restrain.toml", ".restrain.toml")
	d.lays("ci/agent.sh", "ci/agent.sh")
	d.lays(filepath.Join(bin, "restrain"), "tools/restrain")
	if err := os.WriteFile(filepath.Join(d.dir, ".gitignore"), []byte("tools\nrestrain.*\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(d.dir, "tools/restrain.sha256"), []byte(d.must("sha256sum", "tools/restrain")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.must("git", "add", "-A")
	d.must("git", "commit", "-q", "-m", "base")
	d.must("git", "remote", "add", "origin", remote)
	d.must("git", "push", "-q", "origin", "main")
	d.must("git", "checkout", "-q", "-b", "change")
	d.must("git", "commit", "-q", "--allow-empty", "-m", "change")
	d.must("git", "fetch", "-q", "origin")
	return d
}

// guarded wants the outcome of the scripted agent: what the policy approves ran,
// the rest did not.
func (d *desk) guarded(r result) {
	d.t.Helper()
	if r.status != 3 || !strings.Contains(r.stdout, "the preview is published") || strings.Contains(r.stdout, "main was overwritten") ||
		!strings.Contains(r.stdout, "the agent is done") {
		d.t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
	change := d.must("git", "rev-parse", "change")
	heads := d.must("git", "ls-remote", "--heads", "origin")
	if !strings.Contains(heads, change+"\trefs/heads/preview") || strings.Contains(heads, change+"\trefs/heads/main") {
		d.t.Errorf("the remote has\n%s", heads)
	}
}

func TestGitHubActions(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct {
			Steps []struct {
				Name, Uses, Run string
				With            map[string]any
			}
		}
		Permissions map[string]string
	}
	if err := yaml.Unmarshal(readExample(t, "github-actions/agent.yml"), &workflow); err != nil {
		t.Fatal(err)
	}
	d := checkout(t)
	d.must("git", "update-ref", "-d", "refs/heads/main") // actions/checkout has the remote's only
	paths, summary := filepath.Join(d.home, "paths"), filepath.Join(d.home, "summary")
	d.env["GITHUB_ACTIONS"], d.env["GITHUB_BASE_REF"], d.env["GITHUB_PATH"], d.env["GITHUB_STEP_SUMMARY"] = "true", "main", paths, summary
	d.env["PATH"] = os.Getenv("PATH") // restrain is what the workflow installs
	var agent result
	for _, step := range workflow.Jobs["agent"].Steps {
		if step.Run == "" {
			continue
		}
		agent = d.runs("", "bash", "-e", "-c", step.Run)
		if added, err := os.ReadFile(paths); err == nil {
			d.env["PATH"] = strings.TrimSpace(string(added)) + ":" + os.Getenv("PATH")
		}
	}
	d.guarded(agent)
	if !strings.Contains(agent.stderr, "\n::error file=ci/agent.sh,line=9,title=restrain%3A git-force-push::denied: ") {
		t.Errorf("no annotation at its line:\n%s", agent.stderr)
	}
	if text, err := os.ReadFile(summary); err != nil || !strings.HasPrefix(string(text), "### restrain: 1 step denied, 1 step approved") {
		t.Errorf("the summary: %s, %v", text, err)
	}
	d.wantJSON("restrain.sarif", "runs")
	if workflow.Permissions["security-events"] != "write" {
		t.Error("code scanning takes nothing without its permission")
	}
}

func TestGitLab(t *testing.T) {
	var pipeline map[string]struct {
		BeforeScript []string `yaml:"before_script"`
		Script       []string
		Artifacts    struct {
			Paths   []string
			Reports map[string]string
		}
	}
	if err := yaml.Unmarshal(readExample(t, "gitlab-ci/.gitlab-ci.yml"), &pipeline); err != nil {
		t.Fatal(err)
	}
	job := pipeline["agent"]
	d := checkout(t)
	d.env["GITLAB_CI"], d.env["CI_MERGE_REQUEST_DIFF_BASE_SHA"] = "true", d.must("git", "rev-parse", "main")
	d.env["PATH"] = os.Getenv("PATH")
	r := d.runs("", "sh", "-e", "-c", strings.Join(append(job.BeforeScript, job.Script...), "\n"))
	d.guarded(r)
	var issues []struct {
		CheckName string `json:"check_name"`
		Location  struct{ Path string }
	}
	text := readExample(t, filepath.Join(d.dir, job.Artifacts.Reports["codequality"]))
	if err := json.Unmarshal(text, &issues); err != nil || len(issues) != 1 || issues[0].CheckName != "git-force-push" || issues[0].Location.Path != "ci/agent.sh" {
		t.Errorf("%v: %s", err, text)
	}
	var suites struct {
		Suites []struct {
			Failures int `xml:"failures,attr"`
		} `xml:"testsuite"`
	}
	text = readExample(t, filepath.Join(d.dir, job.Artifacts.Reports["junit"]))
	if err := xml.Unmarshal(text, &suites); err != nil || len(suites.Suites) != 1 || suites.Suites[0].Failures != 1 {
		t.Errorf("%v: %s", err, text)
	}
	for _, path := range job.Artifacts.Paths {
		readExample(t, filepath.Join(d.dir, path))
	}
}

// wantJSON wants a file of JSON with a key.
func (d *desk) wantJSON(name, key string) {
	d.t.Helper()
	var document map[string]any
	if err := json.Unmarshal(readExample(d.t, filepath.Join(d.dir, name)), &document); err != nil || document[key] == nil {
		d.t.Errorf("%s: %v", name, err)
	}
}

// Without a guard the scripted agent does overwrite main: the tests would show
// nothing otherwise.
func TestUnguardedAgentOverwritesMain(t *testing.T) {
	d := checkout(t)
	if out := d.must("sh", "ci/agent.sh"); !strings.Contains(out, "main was overwritten") {
		t.Errorf("the agent said:\n%s", out)
	}
}
