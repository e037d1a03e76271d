//go:build unix

package gate

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"restrain/classify"
	"restrain/prompt"
	"restrain/secret"
)

func withheld(d Decision, name string) bool {
	return slices.ContainsFunc(d.Values, func(v secret.Value) bool { return v.Name == name })
}

// What reads more than its line names runs as it did, with the secrets withheld
// that lie where it reads; what reads nothing runs as it is.
func TestPrecaution(t *testing.T) {
	for line, want := range map[string]bool{
		"grep -rn PORT .": true, "rg PORT": true, "cat *": true, "cat $(ls -A)": true, "git show HEAD": true, "git log -p": true, "git diff": true,
		"python3 dump.py": true, "bash -c 'echo hello'": true, "bash -x -c '. ./.env'": true,
		"cat README.md": false, "git status": false, "npm test": false, "ls -la": false, "make": false,
	} {
		g := testGate(t, &human{})
		d := masked(t, g, line)
		if withheld(d, "RAILWAY_TOKEN") != want || d.Outcome == RunMasked || len(d.Masked) > 0 {
			t.Errorf("%s: %s, %v, %v", line, d.Outcome, d.Values, d.Masked)
		}
	}
}

// A door that cannot withhold anything, a secret that is lifted, and a part of a step
// have none.
func TestPrecautionIsLifted(t *testing.T) {
	for name, change := range map[string]func(*Request){
		"a door that cannot": func(r *Request) { r.Masks = nil },
		"a file as output":   func(r *Request) { r.Masks = func() (bool, bool) { return false, false } },
		"a record":           func(r *Request) { r.Live = false },
		"a line of a hook":   func(r *Request) { r.Door = doorHook },
	} {
		if d := masked(t, testGate(t, &human{}), "grep -rn PORT .", change); len(d.Values) > 0 {
			t.Errorf("%s: %v", name, d.Values)
		}
	}
	if d := masked(t, testGate(t, &human{}), "grep -rn RAILWAY_TOKEN .", func(r *Request) { r.Door = doorHook }); !withheld(d, "RAILWAY_TOKEN") {
		t.Errorf("a search for credentials by a hook: %v", d.Values)
	}
	g := testGate(t, &human{})
	if err := (Disclosure{Names: []string{"RAILWAY_TOKEN"}}).Write(g.Store.Dir()); err != nil {
		t.Fatal(err)
	}
	if d := masked(t, g, "grep -rn PORT ."); withheld(d, "RAILWAY_TOKEN") {
		t.Errorf("it was lifted: %v", d.Values)
	}
}

// A password that is a word is withheld beside its name only.
func TestPrecautionOfWords(t *testing.T) {
	for value, want := range map[string]bool{"developer": false, "hunter2": true, "correcthorsebattery": true} {
		list := precautious(secret.New("DB_PASSWORD", value, secret.Origin{}))
		if plain := len(list) == 1 && list[0].Len() == len(value); plain != want {
			t.Errorf("%s: %d forms", value, len(list))
		}
	}
}

// Looking for files ends at its bounds, and skips what was installed.
func TestLookupIsBounded(t *testing.T) {
	dir := t.TempDir()
	write := func(name string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("A_TOKEN=rw_Fe26dead0c4a9b8e77"+strconv.Itoa(len(name))+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i := range lookFiles + 50 {
		write(filepath.Join(strconv.Itoa(i), ".env"))
	}
	write("node_modules/x/.env")
	l := lookup{set: classify.Shipped(), known: NewSurroundings()}
	if l.below(dir); len(l.files) != lookFiles {
		t.Errorf("%d files were read", len(l.files))
	}
	l = lookup{set: classify.Shipped(), known: NewSurroundings()}
	if l.below(filepath.Join(dir, "1/.env")); len(l.files) != 1 || len(l.values) != 1 {
		t.Errorf("a file is %v", l.files)
	}
}

// Whoever is asked about a step that prints secrets may let the agent see them, then
// and later in the session; who only approves it does not.
func TestShownInTheQuestion(t *testing.T) {
	for scope, shows := range map[string]bool{forShown: true, "": false} {
		h := &human{answer: prompt.Answer{Approved: true, Scope: scope, By: prompt.ByTerminal}}
		g := testGate(t, h)
		line := "cat .env; terraform destroy -auto-approve"
		d := masked(t, g, line)
		if len(h.asked) != 1 || !slices.ContainsFunc(h.asked[0].Offers, func(o prompt.Offer) bool { return o.Word == forShown }) {
			t.Fatalf("%d questions, %s", len(h.asked), d.Outcome)
		}
		if !d.Outcome.Runs() || withheld(d, "RAILWAY_TOKEN") == shows {
			t.Errorf("%q: %s, %v", scope, d.Outcome, d.Values)
		}
		if d = masked(t, g, "grep -rn PORT ."); withheld(d, "RAILWAY_TOKEN") == shows {
			t.Errorf("%q, later: %v", scope, d.Values)
		}
	}
}
