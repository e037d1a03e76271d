package shellparse

import (
	"errors"
	"strings"
	"testing"
)

// projectFiles are the files of runners; each deletes what its name says.
var projectFiles = map[string]string{
	"/w/Rakefile": `require 'rake/clean'
CLEAN.include('uploads/**/*')
HOSTS = { 'live' => 'db.live', 'test' => 'localhost' }.freeze
def gone(name) = sh('rm', name)
namespace :db do
  desc 'x'
  task :wipe, [:env, :what] => :look do |_, args|
    gone HOSTS.fetch(args[:env])
    sh "rm #{args.what}"
  end
  task(:look) { sh 'rm look' }
end
task all: %i[clean other]
multitask "other" do
  sh 'rm other'
end
task never: [:clean] do
  sh 'rm never'
end
`,
	"/w/noxfile.py": "import nox\nPLACE = 'x'\n@nox.session(python=False)\ndef trim_it(session):\n    session.run('rm', '-rf', PLACE)\n@nox.session\ndef other(session):\n    session.run('rm', 'second')\n",
	"/w/tasks.py":   "from invoke import task\n@task\ndef old_ones(c, year='2020', force=False):\n    c.run(f'rm {year}')\n@task\ndef other(c):\n    c.run('rm other')\n",
	"/w/tox.ini":    "[tox]\nenvlist = py\n[testenv]\ncommands = pytest\n[testenv:tidy]\nallowlist_externals = rm\ncommands =\n    - rm -rf {toxinidir}/a \\\n      b\n    # none\n    rm {posargs} c\nsetenv =\n    A = b\n",
	"/w/pyproject.toml": "[tool.pdm.scripts]\ntidy = 'rm tidy'\nboth = {composite = ['rm one', 'rm two']}\n[tool.poe.tasks.gone]\nshell = 'rm gone'\n" +
		"[tool.hatch.envs.default.scripts]\nx = ['rm h', 'rm i']\n",
	"/w/Makefile.toml":   "[tasks.wipe]\ncommand = 'rm'\nargs = ['-rf', 'wiped']\n[tasks.s]\nscript = '''\nrm s\n'''\n",
	"/w/magefile.go":     "//go:build mage\npackage main\nconst name = \"x-prod\"\n// DB drops.\nfunc DB() error {\n\treturn sh.RunV(\"dropdb\", name, `-f`)\n}\nfunc Other() error { return sh.Run(\"rm\", \"other\") }\n",
	"/w/build.gradle":    "tasks.register('wipe', Delete) {\n    delete fileTree('research')\n    followSymlinks = false\n}\ntask shut(type: Exec) {\n    commandLine 'rm', '-rf', 'shut'\n}\n",
	"/w/gradlew":         "#!/bin/sh\n",
	"/w/src/main.rs":     "fn main() {\n let url: &'static str = \"db\";\n Command::new(\"psql\").args([url, \"-c\", \"DROP TABLE t\"]).status();\n}\n",
	"/w/src/bin/away.rs": "fn main() { Command::new(\"rm\").arg(\"-rf\").arg(\"away\").spawn(); }\n",
	"/w/cmd/a/main.go":   "package main\nfunc main() { exec.CommandContext(ctx, \"rm\", \"-rf\", os.Args[1]).Run() }\n",
}

// What runs is what the project's file says under the name that is given.
func TestRunners(t *testing.T) {
	opts := Options{Dir: "/w", Home: "/home/u", ReadFile: func(path string) ([]byte, error) {
		if text, ok := projectFiles[path]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no such file")
	}}
	for _, tt := range []struct{ line, want string }{
		{"rake 'db:wipe[live,that]'", "rm|look ; rm|that ; rm|?"},
		{"rake all", "rm|-rf|uploads/* ; rm|other"},
		{"rake db:look", "rm|look"},
		{"rake nothing", ""},
		{"nox -s trim-it", "rm|-rf|x"},
		{"nox --session=other", "rm|second"},
		{"inv old-ones --year 2022", "rm|2022"},
		{"invoke old-ones", "rm|2020"},
		{"tox -e tidy", "rm|-rf|./a|b ; rm|c"},
		{"tox", ""},
		{"pdm run tidy -f", "rm|tidy|-f"},
		{"pdm run both", "rm|one ; rm|two"},
		{"poe gone", "rm|gone"},
		{"hatch run x", "rm|h ; rm|i"},
		{"cargo make wipe", "rm|-rf|wiped"},
		{"cargo make s", "rm|s"},
		{"mage db", "dropdb|x-prod|-f"},
		{"./gradlew :wipe", "rm|-rf|research"},
		{"gradle shut", "rm|-rf|shut"},
		{"gradle build", ""},
		{"cargo run", "psql|db|-c|DROP TABLE t"},
		{"cargo run -q --bin away", "rm|-rf|away"},
		{"cargo build", ""},
		{"go run ./cmd/a", "rm|-rf|?"},
		{`docker run --rm -v "$PWD":/w -w /w alpine rm -rf dist`, "rm|-rf|dist"},
	} {
		var got []string
		for _, c := range Parse(tt.line, opts).Commands {
			if c.Name == "rm" || c.Name == "psql" || c.Name == "dropdb" {
				got = append(got, show(&Script{Commands: []Command{c}}))
			}
		}
		if text := strings.Join(got, " ; "); text != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", tt.line, text, tt.want)
		}
	}
}

// A container's paths are this machine's where they lie in its directories.
func TestMounts(t *testing.T) {
	for _, tt := range []struct{ line, host, want string }{
		{"docker run -v /a:/w -w /w/x i rm y", "", "rm|y"},
		{"docker run -v /a:/w i rm /w/y", "", "rm|/a/y"},
		{"podman run --mount type=bind,src=/a,dst=/w i sh -c 'rm /w/y'", "", "rm|/a/y"},
		{"docker run -v /a:/w -w /w i rm /etc/x", "i", "rm|/etc/x"},
		{"docker run -v /a:/w -w /w i rm ../x", "i", "rm|../x"},
		{"docker run -v /a:/w i rm x", "i", "rm|x"},
		{"docker run -v data:/w -w /w i rm x", "i", "rm|x"},
	} {
		script := Parse(tt.line, Options{Dir: "/w"})
		c := script.Commands[len(script.Commands)-1]
		if c.Host != tt.host || show(&Script{Commands: []Command{c}}) != tt.want {
			t.Errorf("%s: %s on %q, want %s on %q", tt.line, show(&Script{Commands: []Command{c}}), c.Host, tt.want, tt.host)
		}
	}
}

// What lies below %USERPROFILE% is a path of this machine, and no row of flags.
func TestHomeInCmd(t *testing.T) {
	script := Parse(`rd /s /q %USERPROFILE%\Desktop`, Options{Dialect: Cmd, Home: "/home/u"})
	if got, want := show(script), "rm|-r|-f|/home/u/Desktop"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
