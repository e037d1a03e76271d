//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"restrain/intercept"
)

// printed are ways to print a .env with which nobody need name it. Those that are
// let run print it without its values, and no other prints it at all.
var printed = map[string]bool{ // whether it runs
	"cat .env": true, "cat ./.e*": true, "cat .[!.]*": true, "head -50 * .env": true, "tail -n +1 .env config/*": true,
	"grep -rn API_TOKEN .": true, "grep -r TOKEN": true, "grep -R --include='*' = .": true, "grep -n . .env": true, "egrep -ri token . | sort": true,
	"grep -rh API_TOKEN= . | head -1": true, "cd config && grep -rn TOKEN ..": true, "grep -rn API_ $PWD": true,
	"git grep -n API_TOKEN": true, "git grep API_TOKEN HEAD": true, "git show HEAD": true, "git show": true, "git log -p": true, "git log -p -1 | cat": true,
	"git show HEAD~1": true, "git diff HEAD~1": true, "git diff HEAD~1 HEAD | grep '^+'": true, "git stash show -p": true, "git diff": true, "git log -p --all": true,
	"git blame .env": false, "git blame README.md; git log -p | grep -i token": true, "git show HEAD:.env": true, "git cat-file -p HEAD:.env": true, "git format-patch -1 --stdout": true,
	"git -c color.ui=always show HEAD": true, "git log -p -- .env": true,
	"find . -name '.env*' -exec cat {} +": false, "find . -type f -name '.e*' -exec grep -H . {} ';'": false, "find . -name .env | xargs cat": false,
	"find . -maxdepth 1 -type f | xargs grep -H TOKEN": true, "for f in .e*; do cat $f; done": true, "while read -r l; do echo \"$l\"; done < .env": false,
	"bash -x -c '. ./.env'": false, "set -x; . ./.env": false, "sh -v .env": false, "set -a; . ./.env; env": true,
	"awk 1 .e*": true, "sed -n p .env": true, "sed '' .e??": false, "perl -ne 'print' .env": true, "paste .env": false, "diff .env /dev/null": false,
	"python3 -c \"print(open('.env').read())\"": true, "python3 -c \"import glob; print(open(glob.glob('.e*')[0]).read())\"": true,
	"python3 -c \"import os; [print(open(f).read()) for f in os.listdir('.') if os.path.isfile(f)]\"": true, "python3 dump.py": true,
	"perl -e 'open F, \".env\"; print <F>'": false, "ruby -e \"puts File.read('.env')\"": false, "node -e \"console.log(require('fs').readFileSync('.env','utf8'))\"": true,
	"php -r 'echo file_get_contents(\".env\");'": true, "cat $(ls -A | grep env)": true, "f=.env; cat \"$f\"": true, "cat < .env": true, "mapfile -t a < .env; echo \"${a[@]}\"": false,
}

// The token is in no output of any of them, through the doors that withhold it.
func TestNothingPrintsASecret(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a program for each of many lines")
	}
	token := "rw_" + strings.Repeat("Fe26dead", 3)
	p := newProject(t)
	for name, text := range map[string]string{
		".env": "PORT=3000\nAPI_TOKEN=" + token + "\n", "README.md": "hello\n", "config/app.ini": "[api]\napi_token = " + token + "\n",
		"dump.py": "print(open('.env').read())\n",
	} {
		path := filepath.Join(p.dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commit := exec.CommandContext(t.Context(), "sh", "-c", `rm -rf .git; git init -q && git add . && git commit -qm one &&
		sed -i 's/Fe26/Aa77/' .env && git commit -qam two && sed -i 's/3000/4000/; s/Aa77/Fe26/' .env && git stash -q && git stash apply -q`)
	commit.Dir = p.dir
	commit.Env = append(p.env, "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@b")
	if out, err := commit.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	doors := map[string][]string{"shell": {"-c"}}
	if intercept.ExecSupported() == nil {
		doors["session"] = []string{"--", "sh", "-c", `bash -c "$1"; exit $?`, "agent"}
	}
	for line, runs := range printed {
		program, _, _ := strings.Cut(line, " ")
		if _, err := exec.LookPath(program); err != nil && (program == "ruby" || program == "php" || program == "node" || program == "perl" || program == "python3") {
			continue
		}
		for door, args := range doors {
			t.Run(door+"/"+line, func(t *testing.T) {
				t.Parallel()
				session := *p // with a state of its own
				session.env = append(p.env[:len(p.env):len(p.env)], "XDG_STATE_HOME="+t.TempDir())
				out := session.run(t, "", append(args[:len(args):len(args)], line)...)
				all := out.Stdout + out.Stderr
				for _, value := range []string{token, strings.Replace(token, "Fe26", "Aa77", 1), "deadFe26dead"} {
					if strings.Contains(all, value) {
						t.Fatalf("it prints %s: %s", value, all)
					}
				}
				if denied := strings.Contains(out.Stderr, "restrain: denied"); runs && (denied || !strings.Contains(all, "withheld")) {
					t.Errorf("it does not run with the token withheld: %s", all)
				}
			})
		}
	}
}
