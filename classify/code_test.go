package classify

import (
	"strings"
	"testing"
	"time"

	"restrain/internal/slowtest"
	"restrain/shellparse"

	"github.com/DataDog/go-sqllexer"
)

func readCodeOf(lang, code string) *reader {
	c := command("interpreter")
	c.Snippets = []shellparse.Snippet{{Lang: lang, Text: shellparse.Word{Text: code}}}
	r := readerOf(c)
	r.set = Shipped()
	r.readCode()
	return r
}

func TestCodeFiles(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"python", `import shutil; shutil.rmtree("/data")`, "delete-r /data"},
		{"python", `import os; os.remove('a'); os.unlink("b"); os.rmdir('c')`, "delete a delete b delete c"},
		{"python", `from pathlib import Path; Path("a").unlink(missing_ok=True)`, "delete a"},
		{"python", `p = Path("a")` + "\n" + `p.unlink()`, "delete a"},
		{"python", `d = "/data"` + "\n" + `shutil.rmtree(d)`, "delete-r /data"},
		{"python", `shutil.rmtree(os.path.join(d, "x"))`, "delete-r □/x"},
		{"python", `shutil.rmtree(os.path.expanduser("~"))`, "delete-r ~"},
		{"python", `open(os.path.join(os.path.expanduser("~"), ".ssh", "id_rsa")).read()`, "read ~/.ssh/id_rsa"},
		{"ruby", `puts File.read(File.expand_path("~/x"))`, "read ~/x"},
		{"python", `shutil.rmtree(Path.home() / "Documents")`, "delete-r ~/Documents"},
		{"python", `[p.unlink() for p in Path.home().rglob("*") if p.is_file()]`, "delete-r ~"},
		{"python", `[print(open(f).read()) for f in glob.glob("/home/u/.aws/*")]`, "read /home/u/.aws/x read □"},
		{"ruby", `FileUtils.rm_rf(Dir.home)`, "delete-r ~"},
		{"javascript", `fs.rmSync(require("os").homedir(), {recursive: true})`, "delete-r ~"},
		{"javascript", `fs.readdirSync("/data").forEach(f => fs.unlinkSync("/data/" + f))`, "delete-r /data"},
		{"perl", `for (glob("/data/*")) { unlink }`, "delete-r /data"},
		{"awk", `BEGIN { while ((getline l < "/etc/shadow") > 0) print l }`, "read /etc/shadow"},
		{"perl", `unlink glob("*")`, "delete *"},
		{"perl", `my $keep = shift // 0; my @f = sort glob("r/*.md"); unlink $_ for @f[$keep..$#f];`, "delete r/*.md"},
		{"perl", `my @f = glob("r/*"); unlink $tmp if -e $tmp;`, "delete-r r"},
		{"ruby", `Dir.glob("r/*.md").drop(1).each { |f| File.delete f }`, "delete r/*.md"},
		{"javascript", "fs.readdirSync('r').filter(f => f.endsWith('.md')).slice(1).forEach(f => fs.unlinkSync(`r/${f}`))", "delete r/*"},
		{"php", `array_map("unlink", glob("/data/*"));`, "delete /data/*"},
		{"python", `shutil.rmtree(f"/data/{name}")`, "delete-r /data/□"},
		{"python", `print(open('.env').read())`, "read .env"},
		{"python", `open("a", "w").write("x"); open("b", mode="a")`, "write a append b"},
		{"python", `print(Path(".env").read_text())`, "read .env"},
		{"python", `x = [1]; x.remove(1); s.delete("a")`, ""},
		{"python", `# shutil.rmtree("/data")` + "\n" + `print("os.remove('x')")`, ""},
		{"javascript", `require('fs').rmSync('/data', {recursive: true, force: true})`, "delete-r /data"},
		{"javascript", `fs.unlinkSync("a"); fs.promises.rm("b"); await fs.rm('c', {recursive:true})`, "delete a delete b delete-r c"},
		{"javascript", `console.log(fs.readFileSync('.env', 'utf8'))`, "read .env"},
		{"javascript", `rimraf.sync('/data')`, "delete-r /data"},
		{"ruby", `FileUtils.rm_rf("/data")`, "delete-r /data"},
		{"ruby", `FileUtils.rm_rf '/data'`, "delete-r /data"},
		{"ruby", `File.delete("a"); puts File.read(".env")`, "delete a read .env"},
		{"perl", `unlink "a"; unlink("b");`, "delete a delete b"},
		{"perl", `use File::Path; remove_tree("/data");`, "delete-r /data"},
		{"javascript", `fs.rmSync(process.env.HOME + "/x", {recursive: true})`, "delete-r ~/x"},
		{"javascript", "fs.rmSync(`${process.env.HOME}/x`, {recursive: true})", "delete-r ~/x"},
		{"javascript", "const h = homedir(); fs.rmSync(`${h}/x`, {recursive: true})", "delete-r ~/x"},
		{"javascript", `fs.rmSync(path.join(process.env["HOME"], "x"), {recursive: true})`, "delete-r ~/x"},
		{"javascript", `fs.rmSync(process.env.OUT + "/x", {recursive: true})`, "delete-r □/x"},
		{"python", `shutil.rmtree(os.environ["HOME"])`, "delete-r ~"},
		{"python", `shutil.rmtree(os.environ.get("HOME"))`, "delete-r ~"},
		{"python", `shutil.rmtree(os.getenv("HOME") + "/x")`, "delete-r ~/x"},
		{"python", `shutil.rmtree(os.path.expandvars("$HOME/x"))`, "delete-r ~/x"},
		{"python", `shutil.rmtree(f"{Path.home()}/x")`, "delete-r ~/x"},
		{"python", `for d, _, fs in os.walk(os.path.expanduser("~")):` + "\n" + ` for f in fs: os.remove(os.path.join(d, f))`, "delete-r ~"},
		{"python", `for p in Path("~").expanduser().rglob("*.py"): p.unlink()`, "delete-r ~"},
		{"python", `for p in Path("/data").rglob("*.py"): p.unlink()`, ""},
		{"perl", `remove_tree("$ENV{HOME}/x")`, "delete-r ~/x"},
		{"perl", `find(sub { unlink }, $ENV{HOME})`, "delete-r ~"},
		{"ruby", `FileUtils.rm_rf(ENV.fetch("HOME"))`, "delete-r ~"},
		{"ruby", `Dir.glob("#{Dir.home}/*").each { |f| File.delete(f) }`, "delete-r ~"},
		{"php", `foreach (glob(getenv("HOME") . "/*") as $f) { unlink($f); }`, "delete-r ~"},
		{"php", `unlink("a"); echo file_get_contents(".env");`, "delete a read .env"},
	} {
		r := readCodeOf(tt.lang, tt.code)
		if got := describeFiles(r.facts.files); got != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, got, tt.want)
		}
	}
}

func TestCodeRequests(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"python", `requests.delete("https://h.example.com/x")`, "DELETE h.example.com/x public none"},
		{"python", `requests.delete(url, headers={"Authorization": "x"})`, "DELETE □/ unknown none header"},
		{"python", `url = "https://h.example.com/" + name` + "\n" + `requests.delete(url)`, "DELETE h.example.com/□ public none"},
		{"python", `requests.request("DELETE", "https://h.example.com")`, "DELETE h.example.com/ public none"},
		{"python", `requests.post("http://localhost:8000/x", json={"a": 1})`, "POST localhost:8000/x loopback unknown"},
		{"python", `q = "mutation { volumeDelete(id: 1) }"` + "\n" + `requests.post("https://h.example.com/graphql", json={"query": q})`, "POST h.example.com/graphql public unknown <mutation volumeDelete 1>"},
		{"python", `urllib.request.urlopen(urllib.request.Request("https://h.example.com", method="DELETE"))`, "GET □/ unknown none | DELETE h.example.com/ public none"},
		{"python", `c = http.client.HTTPSConnection("h.example.com"); c.request("DELETE", "/x")`, "DELETE h.example.com/x public none"},
		{"python", `httpx.get("https://h.example.com", auth=("a", "b"))`, "GET h.example.com/ public none user"},
		{"python", `d.get("key"); cache.delete("x")`, ""},
		{"python", `ec2 = boto3.client("ec2"); ec2.delete_volume(VolumeId="vol-1")`, "DELETE ec2.amazonaws.com/DeleteVolume public none client"},
		{"python", `boto3.client("s3").delete_bucket(Bucket="b")`, "DELETE s3.amazonaws.com/DeleteBucket public none client"},
		{"javascript", `fetch("https://h.example.com/x", {method: "DELETE"})`, "DELETE h.example.com/x public none"},
		{"javascript", "await fetch(`https://h.example.com/${id}`, {\n method: 'DELETE', headers: {Authorization: t}})", "DELETE h.example.com/□ public none header"},
		{"javascript", `fetch('https://h.example.com')`, "GET h.example.com/ public none"},
		{"javascript", `axios.delete("https://h.example.com/x")`, "DELETE h.example.com/x public none"},
		{"javascript", `axios({method: 'delete', url: 'https://h.example.com/x'})`, "DELETE h.example.com/x public none"},
		{"javascript", `https.request({hostname: 'h.example.com', path: '/x', method: 'DELETE'})`, "DELETE h.example.com/x public none"},
		{"javascript", `import {EC2Client} from "@aws-sdk/client-ec2"; c.send(new DeleteVolumeCommand({VolumeId: "v"}))`, "DELETE ec2.amazonaws.com/DeleteVolume public none client"},
		{"python", `boto3.resource("ec2").Instance("i-1").terminate()`, "DELETE i-1.amazonaws.com/Terminate public none client"},
		{"python", `import boto3; b = boto3.resource("s3").Bucket("b"); b.object_versions.delete()`, "DELETE s3.amazonaws.com/Delete public none client"},
		{"python", `import boto3; seen = {}; seen.delete("a"); x.remove("b")`, ""},
		{"python", `from google.cloud import storage; storage.Client().list_buckets()`, ""},
		{"python", `from google.cloud import storage` + "\n" + `c = storage.Client()` + "\n" + `for b in c.list_blobs("x"): b.delete()`, "DELETE compute.googleapis.com/Delete public none client"},
		{"python", `import stripe; stripe.Customer.delete("cus_1")`, "DELETE api.stripe.com/Delete public none client"},
		{"javascript", `const s = require("stripe")(k); s.customers.del("cus_1")`, "DELETE api.stripe.com/Del public none client"},
		{"javascript", `const AWS = require("aws-sdk"); new AWS.RDS().deleteDBInstance({DBInstanceIdentifier: "x"})`, "DELETE ec2.amazonaws.com/DeleteDBInstance public none client"},
		{"javascript", `const AWS = require("aws-sdk"); const m = new Map(); m.delete("a")`, ""},
		{"javascript", `const {Octokit} = require("octokit"); new Octokit({auth: t}).request("DELETE /repos/a/b")`, "DELETE api.github.com/repos/a/b public none client"},
		{"ruby", `require "aws-sdk-s3"; Aws::S3::Resource.new.bucket("b").delete!`, "DELETE b.amazonaws.com/Delete public none client"},
		{"javascript", `require("axios").delete("https://h.example.com/x")`, "DELETE h.example.com/x public none"},
		{"javascript", `require("axios")({method: "delete", url: "https://h.example.com/x"})`, "DELETE h.example.com/x public none"},
		{"javascript", `const c = axios.create({baseURL: "https://h.example.com"}); c.delete("/x")`, "DELETE h.example.com/x public none"},
		{"ruby", `Net::HTTP.new("h.example.com", 443).delete("/x")`, "DELETE h.example.com/x public none"},
		{"ruby", `r = Net::HTTP::Delete.new("/x"); Net::HTTP.start("h.example.com", 443) { |h| h.request r }`, "DELETE h.example.com/x public none"},
		{"python", `from requests import delete; delete("https://h.example.com/x")`, "DELETE h.example.com/x public none"},
		{"ruby", `Net::HTTP.start("h.example.com", 443) { |h| h.delete("/x") }`, "DELETE h.example.com/x public none"},
		{"php", `$c = curl_init("https://h.example.com/x"); curl_setopt($c, CURLOPT_CUSTOMREQUEST, "DELETE");`, "DELETE h.example.com/x public none"},
		{"php", `curl_setopt_array(curl_init(), [CURLOPT_URL => "https://h.example.com/x", CURLOPT_CUSTOMREQUEST => "DELETE"]);`, "DELETE h.example.com/x public none"},
		{"perl", `$r = HTTP::Request->new(DELETE => "https://h.example.com/x"); $ua->request($r)`, "DELETE h.example.com/x public none"},
		{"python", `http.client.HTTPSConnection("h.example.com").request("DELETE", "/x")`, "DELETE h.example.com/x public none"},
		{"ruby", `HTTParty.delete("https://h.example.com/x")`, "DELETE h.example.com/x public none"},
	} {
		r := readCodeOf(tt.lang, tt.code)
		if got := describe(r.facts.https); got != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, got, tt.want)
		}
	}
}

func TestCodeStatements(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"python", `cur.execute("DROP TABLE users")`, "drop table users"},
		{"python", `cur.execute("DELETE FROM users WHERE id = %s", (1,))`, "delete users where"},
		{"python", `cur.execute(f"DROP TABLE {t}")`, "drop table □"},
		{"python", `conn.execute(text("TRUNCATE users"))`, "truncate users"},
		{"python", `q = "DROP TABLE users"` + "\n" + `cur.execute(q)`, "drop table users"},
		{"python", `print("DROP TABLE users")`, ""},
		{"python", `Base.metadata.drop_all(engine)`, "drop table metadata"},
		{"javascript", "await prisma.$executeRawUnsafe('DROP TABLE users')", "drop table users"},
		{"javascript", "prisma.$queryRaw`DELETE FROM users`", "delete users"},
		{"javascript", "await prisma.user.deleteMany()", "delete user"},
		{"javascript", "Order.destroy({where: {}})", "delete Order"},
		{"javascript", "Order.destroy({where: {id: 1}})", ""},
		{"javascript", "Order.destroy({where: {id: 1}, truncate: true})", "delete Order"},
		{"javascript", "ds.getRepository(Order).clear()", "truncate □"},
		{"javascript", "cache.clear()", ""},
		{"python", "Order.objects.filter(total=0).delete()", "delete 0 where"},
		{"javascript", "await prisma.user.deleteMany({where: {id: 1}})", "delete user where"},
		{"javascript", "await prisma.user.deleteMany({where: {}})", "delete user"},
		{"javascript", `mongoose.connection.dropDatabase()`, "drop database connection"},
		{"ruby", `User.delete_all`, "delete User"},
	} {
		r := readCodeOf(tt.lang, tt.code)
		if got := describeSQL(r.facts.sqls, false); got != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, got, tt.want)
		}
	}
}

func TestCodeEnvironment(t *testing.T) {
	for _, tt := range []struct{ lang, code, want string }{
		{"python", `print(os.environ)`, "dump "},
		{"python", `for k, v in os.environ.items(): print(k, v)`, "dump "},
		{"python", `[print(k, v) for k, v in os.environ.items()]`, "dump "},
		{"python", `env = {k: v for k, v in os.environ.items()}; run(cmd, env=env); print(done)`, ""},
		{"python", `for k in os.environ: print(k)`, ""},
		{"python", `p = subprocess.Popen(cmd, env=os.environ)`, ""},
		{"python", `print(subprocess.run(cmd, env=os.environ).returncode)`, ""},
		{"python", `print(subprocess.run(cmd, env={**os.environ, "A": "b"}).stdout)`, ""},
		{"python", `print(subprocess.run(cmd, env=dict(os.environ, A="b")).stdout)`, ""},
		{"python", `print(os.posix_spawn("/bin/true", ["true"], os.environ))`, ""},
		{"python", `print("starts"); e = dict(os.environ)`, ""},
		{"javascript", `console.log(execSync("ls", {env: {...process.env, A: "b"}}))`, ""},
		{"javascript", `console.log(spawnSync("ls", [], {env: process.env}).status)`, ""},
		{"python", `print(json.dumps(dict(os.environ), indent=2))`, "dump "},
		{"python", `print(subprocess.run(["echo", os.environ["API_TOKEN"]]).stdout)`, "print API_TOKEN"},
		{"python", `print os.environ`, "dump "},
		{"ruby", `puts ENV.to_h`, "dump "},
		{"ruby", `p ENV["API_TOKEN"]`, "print API_TOKEN"},
		{"python", `print(sorted(os.environ.keys()))`, ""},
		{"javascript", `for (const [k, v] of Object.entries(process.env)) console.log(k, v)`, "dump "},
		{"javascript", `Object.entries(process.env).forEach(([k, v]) => console.log(k + v))`, "dump "},
		{"ruby", `ENV.each { |k, v| puts "#{k}=#{v}" }`, "dump "},
		{"perl", `print "$_=$ENV{$_}\n" for keys %ENV`, "dump ; dump "},
		{"php", `print_r(getenv());`, "dump "},
		{"awk", `BEGIN { for (k in ENVIRON) print k, ENVIRON[k] }`, "dump "},
		{"awk", `{ print ENVIRON["API_TOKEN"] }`, "print API_TOKEN"},
		{"python", `requests.post(url, json=dict(os.environ))`, "dump "},
		{"javascript", `console.log(Object.keys(process.env).length)`, ""},
		{"python", `print(dict(os.environ))`, "dump "},
		{"python", `print(os.environ["API_TOKEN"])`, "print API_TOKEN"},
		{"python", `print(os.environ.get("API_TOKEN"))`, "print API_TOKEN"},
		{"python", `print(os.getenv("API_TOKEN"))`, "print API_TOKEN"},
		{"python", `x = os.environ["HOME"]`, ""},
		{"javascript", `console.log(process.env)`, "dump "},
		{"javascript", `console.log(JSON.stringify(process.env))`, "dump "},
		{"javascript", `console.log(process.env.API_TOKEN)`, "print API_TOKEN"},
		{"javascript", `console.log(process.env.API_TOKEN ? 'set' : 'not set', !!process.env.X, process.env.Y.length)`, ""},
		{"python", `print("API_TOKEN" in os.environ, bool(os.environ.get("X")))`, ""},
		{"javascript", `const t = process.env.API_TOKEN; f(t)`, ""},
		{"ruby", `puts ENV.to_h`, "dump "},
	} {
		var got []string
		for _, f := range readCodeOf(tt.lang, tt.code).facts.envs {
			got = append(got, f.op+" "+f.name)
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s: %s\n got %s\nwant %s", tt.lang, tt.code, s, tt.want)
		}
	}
}

func FuzzCode(f *testing.F) {
	f.Add("python", `requests.delete("https://h.example.com/x", json={"a": [1]})`)
	f.Add("javascript", "fetch(`https://${h}/x`, {method: 'DELETE'})")
	f.Add("perl", `unlink "a"; $ua->delete('http://x')`)
	f.Fuzz(func(t *testing.T, lang, code string) {
		for _, fact := range readCodeOf(lang, code).facts.files {
			if fact.op == "" || fact.text == "" {
				t.Errorf("%s: %q: incomplete %+v", lang, code, fact)
			}
		}
	})
}

// TestHostileTextIsReadInTime repeats pieces: no reader may take time that grows
// with the square of its text.
func TestHostileTextIsReadInTime(t *testing.T) {
	slowtest.Alone(t)
	const short, long = 4 << 10, 16 << 10
	inTime := func(what, piece string, read func(text string)) {
		took := func(size int) time.Duration {
			text := strings.Repeat(piece, size/len(piece))
			return cpuTime(func() { read(text) })
		}
		// Four times the text takes four times as long, or sixteen.
		if first, then := took(short), took(long); then > 10*first+300*time.Millisecond {
			t.Errorf("%s of %q took %v for %d B, and %v for %d B", what, piece, first, short, then, long)
		}
	}
	langs := []string{"python", "javascript", "php"}
	for _, piece := range []string{
		"f(", ")", `"`, "a.", "x=", "f(a,", "import ", "import boto3,", "unlink(glob(", "boto3.a_delete(b).", "curl_init(new(", "rm(", "rm({", "a.b(", `"a"+`, "x=1;", "f({method:", "$a->b(", "open(", "requests.post({json:", "new ",
	} {
		for _, lang := range langs {
			inTime(lang, piece, func(text string) { readCodeOf(lang, text) })
		}
	}
	for _, piece := range []string{
		"a.", "$", "'", "\"", "(", "with a as (", "drop table a,", "a;", "/*!", "$a$", "DO $$", "exec '", "update a set b=(", "`", "\\i x\n", "--", "select(",
	} {
		for _, dbms := range []sqllexer.DBMSType{"", sqllexer.DBMSMySQL, sqllexer.DBMSPostgres} {
			inTime("sql", piece, func(text string) { s := sqlReader{dbms: dbms}; s.read(text) })
		}
	}
	for _, piece := range []string{
		`{"query":`, `{"query":"{a}",`, `"a\"`, "mutation{", "mutation{a(", "{", "query=", `[{"query":"mutation{a`, "mutation ", `"query":"mutation{`,
	} {
		inTime("graphql", piece, func(text string) { readGraphQL(splitURL("h/graphql"), text, bodyText) })
	}
	for _, piece := range []string{"--url-query a ", "{{a}}", "-d a ", "--next a ", "-F a=@b,c ", "-H a:b "} {
		inTime("curl", piece, func(text string) {
			requestsOf(command(append([]string{"curl", "--expand-url"}, strings.Fields(text)...)...))
		})
	}
}
