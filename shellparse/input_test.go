package shellparse

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
)

// filesAt reads files out of a map.
func filesAt(files map[string]string) Options {
	return Options{Dir: "/p", Home: "/home/u", ReadFile: func(path string) ([]byte, error) {
		if text, ok := files[strings.TrimPrefix(path, "/p/")]; ok {
			return []byte(text), nil
		}
		return nil, errors.New("no such file")
	}}
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(text))
	w.Close()
	return b.String()
}

// Every way of giving input reaches every program that acts on it.
func TestInputByAnyWay(t *testing.T) {
	files := filesAt(map[string]string{"f": "DROP it;\n", "f.gz": gzipped("DROP it;\n"), "head": "HEAD\n"})
	programs := []string{"psql", "mysql app", "curl -d @- http://h", "http POST h", "gh api x --input -", "redis-cli", "sqlite3 x.db",
		"mongosh", "kubectl apply -f -", "docker exec -i db psql", "ssh h mysql app", "sudo psql", "wget --post-file=- h", "nc h 80"}
	for _, program := range programs {
		for _, way := range []string{
			"PROG < f", "cat f | PROG", "cat < f | PROG", "cat head f | PROG", "sed s/x/y/ f | PROG", "grep -v x f | PROG", "zcat f.gz | PROG", "gunzip -c f.gz | PROG",
			"gzip -dc < f.gz | PROG", "(echo BEGIN; cat f; echo COMMIT) | PROG", "{ cat head; cat f; } | PROG", "PROG < <(cat f)", "PROG <<< 'DROP it;'",
			"PROG <<E\nDROP it;\nE", "echo 'DROP it;' | PROG", "cat f | tee log | PROG", "cp f g; PROG < g", "cat f > g && PROG < g", "echo 'DROP it;' > g; cat g | PROG",
			"(PROG) < f", "echo a > g; echo 'DROP it;' >> g; PROG < g", "gzip -k f; zcat f.gz | PROG", "jq -n '{q: \"DROP it;\"}' | PROG", "head -n 5 f | sort | PROG",
			"jq -n --arg q 'DROP it;' '{query: $q}' | PROG", "envsubst < f | PROG", "cat f - < /dev/null | PROG",
		} {
			line := strings.Replace(way, "PROG", program, 1)
			if !strings.Contains(lastInput(Parse(line, files)), "DROP it;") {
				t.Errorf("%s: input is %q", line, lastInput(Parse(line, files)))
			}
		}
	}
}

// lastInput is the input of the last command that has one.
func lastInput(s *Script) string {
	for i := len(s.Commands) - 1; i >= 0; i-- {
		if in := s.Commands[i].Input; in != nil {
			return in.Text
		}
	}
	return ""
}

func TestInputUnknown(t *testing.T) {
	files := filesAt(map[string]string{"f": "text\n", "list": "a\n"})
	for _, line := range []string{
		"psql < missing", "curl http://h | psql", "cat missing | psql", "cat f missing | psql", "zcat f | psql", "xargs psql < list", "psql < $X",
		"cat f > g; cat f < g | cat missing | psql", "ssh h cat f | psql", "psql", "psql -c 'select a from b' | psql", "cat x > x; psql < x",
	} {
		if got := lastInput(Parse(line, files)); got != "" {
			t.Errorf("%s: input is %q", line, got)
		}
	}
}

func TestInputOfGroupsHasHoles(t *testing.T) {
	s := Parse("(echo BEGIN; generate; echo COMMIT) | psql", Options{})
	if got, want := lastInput(s), "BEGIN\n"+string(Hole)+"COMMIT\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Input is followed back a bounded number of times, and never in circles.
func TestInputIsBounded(t *testing.T) {
	for _, line := range []string{
		"cat a > b; cat b > a; cat a | psql", strings.Repeat("cat f >> f; ", 200) + "psql < f",
		strings.Repeat("cat <(", 40) + "cat f" + strings.Repeat(")", 40) + " | psql", strings.Repeat("cp a b; cp b a; ", 100) + "psql < a",
	} {
		Parse(line, filesAt(map[string]string{"f": strings.Repeat("x", 4096), "a": "x"}))
	}
}

func TestJQOutput(t *testing.T) {
	files := filesAt(map[string]string{"q.graphql": "mutation { a }", "in.json": `{"k":1}`})
	for line, want := range map[string]string{
		`jq -n --arg id v1 '{query: "mutation { d(id: \($id)) }"}'`: `{"query": "mutation { d(id: v1) }"}`,
		`jq -n --arg query 'a b' '{$query}'`:                        `{"query":"a b"}`,
		`jq -Rs '{query: .}' q.graphql`:                             `{"query": "mutation { a }"}`,
		`jq -n --rawfile q q.graphql '{query: $q}'`:                 `{"query": "mutation { a }"}`,
		`jq . in.json`:                               `{"k":1}`,
		`jq '{a: .}' < in.json`:                      `{"a": {"k":1}}`,
		`jq -n --argjson n 4 '{n: $n, "t": "x\"y"}'`: `{"n": 4, "t": "x\"y"}`,
	} {
		got := strings.TrimSpace(lastInput(Parse(line+" | curl -d @- h", files)))
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestScriptsByAnyWay(t *testing.T) {
	files := filesAt(map[string]string{"s.sh": "rm -rf x\n", "m.py": "import os\nos.system('rm -rf x')\n", "f.mk": "all:\n\trm -rf x\n", "sub/s.sh": "rm -rf x\n", "s.sh.gz": gzipped("rm -rf x\n")})
	for _, line := range []string{
		"bash <(cat s.sh)", "source <(cat s.sh)", ". /dev/stdin < s.sh", "source /dev/stdin < s.sh", "bash /dev/stdin < s.sh", "bash - < s.sh", "bash -s < s.sh",
		"cat s.sh | bash", "cat s.sh | sudo bash -s -- a", "echo s.sh | xargs bash", "find . -name s.sh -exec bash {} \\;", "find sub -name s.sh -exec sh {} +",
		"cp s.sh t.sh && bash t.sh", "cp s.sh d/ && sh d/s.sh", "mv s.sh t && bash t", "ln -s s.sh t && bash t", "cat s.sh > t; bash t", "zcat s.sh.gz | sh",
		"make -f f.mk", "python3 -m m", "cp m.py n.py; python3 -m n", "bash -euo pipefail s.sh", "bash -euo pipefail -c 'rm -rf x'", "csh s.sh", "tcsh -c 'rm -rf x'",
		"mksh s.sh", "nu -c 'rm -rf x'", "xonsh -c 'rm -rf x'", "fish --command='rm -rf x'", "fish -c 'rm -rf x'", "sed s/y/z/ s.sh | sh",
		"sqlite3 :memory: \"select 'rm -rf x'\" | sh", "python3 -c 'print(\"rm -rf x\")' | sh", "perl -e 'print \"rm -rf x\"' | bash",
		"ssh h bash < s.sh", "ssh h 'bash -s' < s.sh", "ssh h < s.sh", "docker exec -i c sh < s.sh", "cat s.sh | ssh h sh", "kubectl exec -i p -- sh < s.sh",
		"bash <<'E'\nrm -rf x", "cat > t <<E\nrm -rf x\nE\nbash t",
	} {
		if !runs(Parse(line, files), "rm -rf x") {
			t.Errorf("%s: rm was not found", line)
		}
	}
}

func runs(s *Script, want string) bool {
	for i := range s.Commands {
		if joinWords(s.Commands[i].Argv, " ").Text == want {
			return true
		}
	}
	return false
}

func TestHeredocWithoutEnd(t *testing.T) {
	for _, tt := range []struct{ line, want, not string }{
		{"cat > a <<EOF\nrm -rf x", "cat", "rm -rf x"},
		{"apply_patch <<'P'\n+env\n+$(rm -rf x)\n", "apply_patch", "rm -rf x"},
		{"bash <<E\nrm -rf x\n", "rm -rf x", ""},
		{"cat <<A <<B\none\nA\ntwo", "cat", "two"},
		{"cat <<E\n$(rm -rf x)", "rm -rf x", ""},
		{"cat <<-E\n\tdata\nE x", "cat", "E x"},
	} {
		s := Parse(tt.line, Options{})
		if s.Err != nil || !runs(s, tt.want) || tt.not != "" && runs(s, tt.not) {
			t.Errorf("%q: error %v", tt.line, s.Err)
		}
	}
}

func TestHandedOnByXargs(t *testing.T) {
	for _, line := range []string{"echo x | xargs -I% sh -c 'sudo bash'", "echo x | xargs -I% sh -c psql", "echo x | parallel psql"} {
		for _, c := range Parse(line, Options{}).Commands {
			if c.Input != nil && (c.Name == "bash" || c.Name == "psql") {
				t.Errorf("%s: %s reads %q", line, c.Name, c.Input.Text)
			}
		}
	}
}

func TestLocalImports(t *testing.T) {
	files := filesAt(map[string]string{
		"g.py": "from helper import wipe\nwipe('x')\n", "helper.py": "import os\ndef wipe(p):\n    os.system('rm -rf ' + p)\ndef other():\n    os.system('rm -rf y')\n",
		"g.js": "const {wipe} = require('./util');\nwipe('x');", "util.js": "const {execSync} = require('child_process');\nfunction wipe(p) { execSync('rm -rf ' + p) }\nmodule.exports = {wipe};",
	})
	for _, line := range []string{"python3 g.py", "node g.js"} {
		s := Parse(line, files)
		if !runs(s, "rm -rf x") || runs(s, "rm -rf y") {
			t.Errorf("%s: the module was not read", line)
		}
	}
}
