//go:build unix

package gate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/prompt"
)

// A busy human approves everything, and things happen meanwhile.
type busy struct {
	meanwhile []func()
	asked     []prompt.Request
}

func (b *busy) Ask(_ context.Context, r prompt.Request) (prompt.Answer, error) {
	if n := len(b.asked); n < len(b.meanwhile) && b.meanwhile[n] != nil {
		b.meanwhile[n]()
	}
	b.asked = append(b.asked, r)
	return prompt.Answer{Approved: true, By: prompt.ByTerminal}, nil
}

// What has changed when the answer comes is judged and asked about again, and
// the question says what it was.
func TestApprovalIsForWhatWasShown(t *testing.T) {
	for _, tt := range []struct {
		name, line string
		change     func(dir string) error
		changed    string // in the second question; empty for none
	}{
		{"nothing", "rm -rf notes", func(string) error { return nil }, ""},
		{"a file that has nothing to do with it", "rm -rf notes", func(dir string) error { return os.WriteFile(filepath.Join(dir, "other"), []byte("x"), 0o600) }, ""},
		{"a script", "sh x.sh", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "x.sh"), []byte("rm -rf notes research\n"), 0o600)
		}, "x.sh"},
		{"a list on standard input", "xargs rm -rf < list", func(dir string) error { return os.WriteFile(filepath.Join(dir, "list"), []byte("research\n"), 0o600) }, "list"},
		{"a program", "python3 x.py; rm -rf notes", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "x.py"), []byte("import shutil; shutil.rmtree('research')\n"), 0o600)
		}, "x.py"},
		{"what a pattern stands for", "rm -rf research no*", func(dir string) error { return os.Mkdir(filepath.Join(dir, "nova"), 0o700) }, "the files of no*"},
		{"a link", "rm -rf link/", func(dir string) error {
			return os.Rename(filepath.Join(dir, "other.link"), filepath.Join(dir, "link"))
		}, "where link/ leads"},
		{"what is at the target", "rm -rf notes", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "notes", "more"), []byte("more"), 0o600)
		}, "what is at notes"},
	} {
		dir := unsaved(t, "notes/a", "research/b")
		for name, text := range map[string]string{"x.sh": "rm -rf notes\n", "x.py": "print(1)\n", "list": "notes\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for name, to := range map[string]string{"link": "notes", "other.link": "research"} {
			if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		h := &busy{meanwhile: []func(){func() {
			if err := tt.change(dir); err != nil {
				t.Fatal(err)
			}
		}}}
		g := testGate(t, nil)
		g.Asker = h
		d, err := g.Judge(context.Background(), Request{Door: "shell", Line: tt.line, Dir: dir, Home: "/home/dev", Live: true})
		if err != nil || d.Outcome != Run {
			t.Errorf("%s: %s, %v", tt.name, d.Outcome, err)
		}
		switch {
		case tt.changed == "" && len(h.asked) != 1:
			t.Errorf("%s: asked %d times; changed %q", tt.name, len(h.asked), h.asked[len(h.asked)-1].Changed)
		case tt.changed != "" && len(h.asked) != 2:
			t.Errorf("%s: asked %d times", tt.name, len(h.asked))
		case tt.changed != "":
			if got := strings.ReplaceAll(strings.Join(h.asked[1].Changed, "; "), dir+"/", ""); !strings.Contains(got, tt.changed) {
				t.Errorf("%s: changed %q, want %q", tt.name, got, tt.changed)
			}
		}
		if n := len(entries(t, g)); n != 1 {
			t.Errorf("%s: %d entries", tt.name, n)
		}
	}
}

// What changes at every answer is approved by none.
func TestWhatKeepsChangingIsDenied(t *testing.T) {
	dir := unsaved(t, "notes/a")
	grow := func() {
		file, err := os.OpenFile(filepath.Join(dir, "notes", "a"), os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		if _, err := file.WriteString("more"); err != nil {
			t.Fatal(err)
		}
	}
	h := &busy{meanwhile: []func(){grow, grow, grow, grow}}
	g := testGate(t, nil)
	g.Asker = h
	d, err := g.Judge(context.Background(), Request{Door: "shell", Line: "rm -rf notes", Dir: dir, Home: "/home/dev", Live: true})
	if err != nil || d.Outcome != Deny || d.Answer.By != byChange || len(h.asked) != maxAsked {
		t.Errorf("%s after %d questions, %+v, %v", d.Outcome, len(h.asked), d.Answer, err)
	}
}

// A program that was approved is read again where it is another one when it
// starts.
func TestApprovedProgramIsLookedAtAgain(t *testing.T) {
	dir := unsaved(t, "notes/a", "research/b")
	script := filepath.Join(dir, "x.py")
	write := func(text string) {
		if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("print(1)\n")
	h := approving()
	g := testGate(t, h)
	g.Now = soon
	step, err := g.Judge(context.Background(), Request{Door: "exec", Line: "rm -rf notes; python3 x.py", Dir: dir, Home: "/home/dev", Live: true})
	if err != nil || len(h.asked) != 1 {
		t.Fatalf("%v, %d questions", err, len(h.asked))
	}
	below := Request{Door: "exec", Argv: []string{"python3", "x.py"}, Dir: dir, Home: "/home/dev", Live: true, Lineage: Lineage{Of: step.Permit, Foreseen: true}}
	if d, err := g.Judge(context.Background(), below); err != nil || d.Reason != whyForeseen {
		t.Errorf("unchanged: %s, %v", d.Reason, err)
	}
	write("import shutil\nshutil.rmtree('research')\n")
	if d, err := g.Judge(context.Background(), below); err != nil || d.Part || len(d.Rules) == 0 {
		t.Errorf("changed: part %t (%s), rules %v, %v", d.Part, d.Reason, d.Rules, err)
	}
}
