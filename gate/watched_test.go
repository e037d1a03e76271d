//go:build unix

package gate

import (
	"testing"

	"restrain/internal/slowtest"
	"restrain/keep"
)

// What a program removes by names that only it knows is kept when the kernel
// tells of it: nobody is asked where it does. What is critical, what git or
// another machine does, and what does other harm besides are asked about as ever.
func TestWatchedRemovals(t *testing.T) {
	slowtest.Long(t)
	for _, tt := range []struct {
		line    string
		watched bool // runs where the kernel tells
	}{
		{`python3 -c "import shutil,sys,os; shutil.rmtree(sys.argv[1]); os.mkdir('x')" "$(cat list)"`, true},
		{`node -e "require('fs').rmSync(process.argv[1],{recursive:true})" "$(cat list)"`, true},
		{`perl -e 'use File::Path; rmtree(<STDIN>)' < list`, true},
		{`rm -rf "$(cat list)"`, true},
		{`timeout 5 rm -rf "$(cat list)"`, true},
		{`systemd-run --user rm -rf "$(cat list)"`, false},
		{`ssh build rm -rf "$(cat list)"`, false},
		{`rm -rf "$(cat list)" && terraform destroy -auto-approve`, false},
		{`rm -rf /etc`, false},
	} {
		for _, door := range []string{"exec", "shell"} {
			dir := project(t, shop)
			g, _ := keepingGate(t, &human{}, keep.Limits{})
			g.Watched = true
			r := liveRequest(dir, tt.line)
			r.Door = door
			d, err := g.Judge(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if runs, want := d.Outcome != Deny, tt.watched && door == "exec"; runs != want {
				t.Errorf("%s at %s: %s, %s", tt.line, door, d.Outcome, d.Reason)
			}
		}
	}
}

// What the text does name, and cannot be stored, is lost for good whatever the
// kernel would tell: it was judged with the line.
func TestWatchedButTooMuch(t *testing.T) {
	dir := project(t, shop)
	g, _ := keepingGate(t, &human{}, keep.Limits{StepFiles: 1})
	g.Watched = true
	r := liveRequest(dir, `rm -rf research "$(cat list)"`)
	r.Door = "exec"
	if d, err := g.Judge(t.Context(), r); err != nil || d.Outcome != Deny {
		t.Errorf("%s, %s, %v", d.Outcome, d.Reason, err)
	}
}
