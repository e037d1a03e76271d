package shellparse

import "testing"

// TestCodeRuns has code that starts programs, in the ways that its language has.
func TestCodeRuns(t *testing.T) {
	for _, tt := range []struct{ program, code, want string }{
		{"python3 -c", `subprocess.run(["rm", os.path.expanduser("~")])`, "rm|~"},
		{"python3 -c", `c = ["rm", "-r"]; subprocess.run(c + ["x"])`, "rm|-r|x"},
		{"python3 -c", `c = ["rm", "-r"]; subprocess.run([*c, "x"])`, "rm|-r|x"},
		{"python3 -c", `subprocess.run([*["rm", "-r"], "x"])`, "rm|-r|x"},
		{"python3 -c", `d = "x"; subprocess.run(f"rm {d}", shell=True)`, "rm|x"},
		{"python3 -c", `d = "x"; os.system("rm %s" % d)`, "rm|x"},
		{"python3 -c", `d = "x"; c = "rm " + d; os.system(c)`, "rm|x"},
		{"python3 -c", `d = "x"; d = f(); os.system(f"rm {d}")`, "rm|?"},
		{"python3 -c", `from os import system as s; s("rm x")`, "rm|x"},
		{"python3 -c", `import sh; sh.rm("x", y)`, "rm|x|?"},
		{"python3 -c", `from plumbum import local; local["rm"]("x")`, "rm|x"},
		{"python3 -c", `from sh import rm; rm("x")`, "rm|x"},
		{"python3 -c", `call_command("flush")`, "manage.py|flush"},
		{"python3 -c", `print("rm {}".format("x"))`, ""},
		{"python3 -c", `self.sh = 1; sh = "rm x"; print(sh)`, ""},
		{"python3 -c", `def sh(cmd, quiet=True): return subprocess.run(cmd, shell=True)` + "\n" + `sh("rm x")`, "rm|x"},
		{"python3 -c", `def show(cmd): print(cmd)` + "\n" + `show("rm x")`, ""},
		{"python3 -c", `c = ["rm"]; c += ["-r"]; c.append("x"); subprocess.run(c)`, "rm|-r|x"},
		{"python3 -c", `a = "-r x"; subprocess.run(["rm"] + a.split())`, "rm|-r|x"},
		{"python3 -c", `for c in ["rm x", "rm y"]: os.system(c)`, "rm|x ; rm|y"},
		{"python3 -c", `fabric.Connection("h").run("rm x"); app.run("rm y"); make().run("rm z")`, "rm|x"},
		{"node -e", `const run = promisify(require("child_process").exec); run("rm x")`, "rm|x"},
		{"node -e", `const cp = require("child_process"); const run = require("util").promisify(cp.exec); run("rm x")`, "rm|x"},
		{"node -e", `const {exec} = require("child_process"); const run = util.promisify(exec); run("rm x")`, "rm|x"},
		{"node -e", `const sh = (cmd) => require("child_process").execSync(cmd); sh("rm x")`, "rm|x"},
		{"node -e", `const {execSync: e} = require("child_process"); e("rm x")`, "rm|x"},
		{"node -e", "const d = 'x'; require('child_process').execSync(`rm ${d}`)", "rm|x"},
		{"node -e", `const a = ["-r"]; require("child_process").spawn("rm", [...a, "x"])`, "rm|-r|x"},
		{"node -e", `const s = require("shelljs"); s.rm("x"); s.exec("rm y")`, "rm|x ; rm|y"},
		{"perl -e", `open(P, "| rm x"); open(P, "-|", "rm", "y"); open(F, "rm")`, "rm|x ; rm|y"},
		{"perl -e", `$d = "x"; system("rm $d")`, "rm|x"},
		{"perl -e", `my @c = ("rm", "x"); system(@c); system(qw(rm y))`, "rm|x ; rm|y"},
		{"php -r", `exec("rm " . escapeshellarg("x"));`, "rm|x"},
		{"python3 -Ic", `os.system("rm x")`, "rm|x"},
		{"python3 -c", `os.posix_spawn("/bin/rm", ["rm", "x"], e); os.spawnlp(os.P_WAIT, "rm", "rm", "y")`, "rm|x ; rm|y"},
		{"node -e", `new Function("require", "require('child_process').execSync('rm x')")(require)`, "rm|x"},
		{"osascript -l JavaScript -e", `app.doShellScript("rm x")`, "rm|x"},
		{"php -r", `$f = "system"; $f("rm x");`, "rm|x"},
		{"ruby -e", `system("rm", Dir.home)`, "rm|~"},
		{"awk", `BEGIN { c = "rm " ENVIRON["HOME"]; system(c) }`, "rm|~"},
		{"cmake -E", `rm`, ""},
	} {
		s := Parse(tt.program+" "+Quote([]string{tt.code}), Options{})
		s.Commands = s.Commands[1:]
		if got := show(s); got != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.program, tt.code, got, tt.want)
		}
	}
}

// TestSourceRuns has programs that are compiled and run by one command: their
// source is code that nobody reads, which lay there or was written by the line.
func TestSourceRuns(t *testing.T) {
	sources := map[string]string{"/w/main.go": "one", "/w/D.java": "two", "/w/x.cmake": "three"}
	for _, tt := range []struct{ src, want string }{
		{"go run main.go", "other one lay"},
		{"go run -race main.go -rm", "other one lay"},
		{"go build main.go", ""},
		{"java D.java", "other two lay"},
		{"cmake -P x.cmake", "other three lay"},
		{"echo four > x.go; go run x.go", "other four\n"},
		{"lua -e five", "other five"},
		{"tclsh <<< six", "other six\n"},
		{"expect -c seven", "other seven"},
		{"mix run -e eight", "other eight"},
		{"osascript -e ten", "other ten"},
		{"python3 -c eleven", "python eleven"},
	} {
		s := Parse(tt.src, Options{Dir: "/w", ReadFile: func(path string) ([]byte, error) { return []byte(sources[path]), nil }})
		got := ""
		for _, snippet := range s.Commands[len(s.Commands)-1].Snippets {
			got += snippet.Lang + " " + snippet.Text.Text
			if snippet.Lay {
				got += " lay"
			}
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.src, got, tt.want)
		}
	}
}

func TestBuildToolsRun(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{"cmake -E remove_directory x", "rm|-r|x"},
		{"cmake -E echo rm", ""},
		{"mvn -q test", ""},
	} {
		s := Parse(tt.src, Options{})
		s.Commands = s.Commands[1:]
		if got := show(s); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}
