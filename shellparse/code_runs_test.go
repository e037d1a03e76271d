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
		{"ghc -e", `System.Process.callCommand "rm x" -- callCommand "rm y"`, "rm|x"},
		{"ocaml -e", `Sys.command "rm x" (* Sys.command "rm y" *)`, "rm|x"},
		{"octave --eval", `system('rm x') % system('rm y')`, "rm|x"},
		{"sbcl --eval", `(uiop:run-program "rm x")`, "rm|x"},
		{"php -r", `$f = "system"; $f("rm x");`, "rm|x"},
		{"ruby -e", `system("rm", Dir.home)`, "rm|~"},
		{"lua -e", `local e = os.execute; e("rm " .. os.getenv("HOME"))`, "rm|~"},
		{"Rscript -e", `c <- paste("rm", path.expand("~")); system(c)`, "rm|~"},
		{"Rscript -e", `system2("rm", c("-r", "x"))`, "rm|-r|x"},
		{"awk", `BEGIN { c = "rm " ENVIRON["HOME"]; system(c) }`, "rm|~"},
		{"elixir -e", `System.cmd("rm", ["x"]); :os.cmd(~c"rm y"); System.shell("rm z")`, "rm|x ; rm|y ; rm|z"},
		{"elixir -e", `System.cmd("rm", ~w(-r x))`, "rm|-r|x"},
		{"erl -eval", `os:cmd("rm x"), halt().`, "rm|x"},
		{"groovy -e", `"rm x".execute(); ["rm", "y"].execute()`, "rm|x ; rm|y"},
		{"scala -e", `"rm x".!; Seq("rm", "y").!`, "rm|x ; rm|y"},
		{"bb -e", `(shell "rm x")`, "rm|x"},
		{"clojure -M -e", `(clojure.java.shell/sh "rm" "x")`, "rm|x"},
		{"emacs --batch --eval", `(shell-command "rm x")`, "rm|x"},
		{"vim -c", `call system("rm x")`, "rm|x"},
		{"nvim -c", `lua vim.fn.system({"rm", "x"})`, ""},
		{"cmake -E", `rm`, ""},
		{"julia -e", "d = homedir(); run(`rm $d`)", "rm|~"},
		{"julia -e", "run(`rm x`)", "rm|x"},
	} {
		s := Parse(tt.program+" "+Quote([]string{tt.code}), Options{})
		s.Commands = s.Commands[1:]
		if got := show(s); got != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.program, tt.code, got, tt.want)
		}
	}
}

// TestSourceRuns has programs that are compiled and run by one command.
func TestSourceRuns(t *testing.T) {
	sources := map[string]string{
		"/w/main.go":     `package main; func main() { exec.Command("rm", "x").Run() }`,
		"/w/cmd/main.go": `package main; func main() { c := []string{"rm", "y"}; exec.CommandContext(ctx, "sh", "-c", "rm y").Run() }`,
		"/w/D.java":      `class D { void f() { new ProcessBuilder(List.of("rm", "x")).start(); Runtime.getRuntime().exec("rm y"); } }`,
		"/w/x.rs":        `fn main() { Command::new("rm").arg("-r").args(["x"]).status(); }`,
		"/w/x.c":         `int main() { return system("rm x"); }`,
		"/w/x.cmake":     "execute_process(COMMAND rm x)\nfile(REMOVE_RECURSE y)\nmessage(rm)\n",
	}
	for _, tt := range []struct{ src, want string }{
		{"go run main.go", "rm|x"},
		{"go run .", "rm|x"},
		{"go run -race ./cmd -rm", "rm|y"},
		{"go build main.go", ""},
		{"go vet main.go", ""},
		{"rust-script x.rs", "rm|-r|x"},
		{"tcc -run x.c", "rm|x"},
		{"tcc x.c", ""},
		{"java D.java", "rm|x ; rm|y"},
		{"java -jar D.jar", ""},
		{"cmake -P x.cmake", "rm|x ; rm|-r|y"},
		{"cmake -E remove_directory x", "rm|-r|x"},
		{"cmake -E echo rm", ""},
		{"mvn exec:exec -Dexec.executable=rm -Dexec.args='-r x'", "rm|-r|x"},
		{"mvn -q test", ""},
	} {
		s := Parse(tt.src, Options{Dir: "/w", ReadFile: func(path string) ([]byte, error) { return []byte(sources[path]), nil }})
		s.Commands = s.Commands[1:]
		if got := show(s); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.src, got, tt.want)
		}
	}
}
