package intercept

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A shell that reads its commands from a file is judged by them, from where the
// file's offset is; its offset stays.
func TestShellReadsAFile(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "s")
	if err := os.WriteFile(script, []byte("read skipped\nforbidden here\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, "long")
	if err := os.WriteFile(long, []byte("echo first\n"+strings.Repeat("#\n", maxScript)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line   string // what the outer shell runs
		shell  string
		want   string // what the inner one is judged by; empty is not by a line
		opaque bool
	}{
		{"bash < " + script, "bash", "read skipped\nforbidden here\n", false},
		{"sh -s one < " + script, "sh", "read skipped\nforbidden here\n", false},
		{"(read x; dash) < " + script, "dash", "forbidden here\n", false},
		{"bash < " + long, "bash", "", true},
		{"echo : | bash", "bash", "", false},
		{"bash < /dev/null", "bash", "", false},
	} {
		r := &recorder{}
		run(t, r, "bash", "-c", test.line+"; exit")
		got, _ := r.find(func(q Request) bool { return q.PID != r.seen[0].PID && q.Shell != "" })
		if got.Exec == nil || got.Line != test.want || (got.Exec.Opaque != "") != test.opaque || got.Kind == KindLine != (test.want != "") {
			t.Errorf("%s: judged by %q, opaque %q; want %q", test.line, got.Line, got.Exec.Opaque, test.want)
		}
	}
	if out, _ := run(t, &recorder{}, "bash", "-c", "printf 'echo ok $1\\n' > f; bash -s given < f; exit"); out != "ok given\n" {
		t.Errorf("the file was not left as it was: %q", out)
	}
}
