package gate

import (
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/trust"
)

// What a question is about is marked wherever it stands, and every mark is a
// part of what is shown.
func TestDanger(t *testing.T) {
	policy, err := NewPolicy(classify.Shipped(), trust.Shipped(), "coding")
	if err != nil {
		t.Fatal(err)
	}
	scripts := map[string]string{
		"clean.sh":  "#!/bin/sh\n" + strings.Repeat("echo working\n", 31) + "terraform destroy -auto-approve\n",
		"lib.sh":    "clean() {\n  echo cleaning\n  terraform destroy -auto-approve\n}\n",
		"outer.sh":  "#!/bin/sh\n. lib.sh\n\n\nclean\n",
		"nested.sh": "echo begins\nbash -c 'echo inner\n\nterraform destroy'\n",
	}
	for _, tt := range []struct {
		line, mark, inside string
	}{
		{"cd infra && terraform destroy -auto-approve && echo done", "terraform destroy", ""},
		{"git status; git push --force origin main; git log", "git push --force origin main", ""},
		{"sudo env A=1 bash -c 'cd x; terraform destroy'", "terraform destroy", ""},
		{"for i in 1 2; do\necho $i\nnpm publish\ndone", "npm publish", ""},
		{"psql prod <<EOF\nselect 1;\nDROP TABLE customers;\nEOF", "DROP TABLE", ""},
		{"sh ./clean.sh", "", "line 33 of ./clean.sh: terraform destroy -auto-approve"},
		{". ./clean.sh", "", "line 33 of ./clean.sh: terraform destroy -auto-approve"},
		{"./outer.sh", "", "line 3 of lib.sh: terraform destroy -auto-approve"},
		{"bash nested.sh", "", "line 2 of nested.sh: terraform destroy"},
	} {
		r := &Request{Door: "check", Line: tt.line, Dir: "/srv/app", Home: "/home/ada",
			Files: func(path string) ([]byte, error) {
				text, ok := scripts[filepath.Base(path)]
				if !ok {
					return nil, fs.ErrNotExist
				}
				return []byte(text), nil
			}}
		session := policy.NewSession()
		j, _ := policy.Consider(session, r, time.Unix(0, 0))
		q := policy.question(session, r, &j, time.Unix(0, 0))
		found := slices.ContainsFunc(q.Danger, func(part string) bool { return strings.Contains(part, tt.mark) || strings.Contains(tt.mark, part) })
		if tt.mark != "" && !found {
			t.Errorf("%q: marked %q, want %q", tt.line, q.Danger, tt.mark)
		}
		for _, part := range q.Danger {
			if !strings.Contains(q.Command, part) {
				t.Errorf("%q: the mark %q is no part of it", tt.line, part)
			}
		}
		if !strings.Contains(q.Inside, tt.inside) || tt.inside == "" && q.Inside != "" {
			t.Errorf("%q: inside %q, want %q", tt.line, q.Inside, tt.inside)
		}
	}
}

// A scope that is not offered comes with the reason; one that is, without.
func TestNotOffered(t *testing.T) {
	policy, err := NewPolicy(classify.Shipped(), trust.Shipped(), "coding")
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{"terraform destroy": "critical", "git push --force origin main": ""} {
		r := &Request{Door: "check", Line: line, Dir: "/srv/app"}
		session := policy.NewSession()
		j, _ := policy.Consider(session, r, time.Unix(0, 0))
		q := policy.question(session, r, &j, time.Unix(0, 0))
		if q.NotOffered != want || (len(q.Offers) == 0) != (want != "") {
			t.Errorf("%s: %q, %d offers", line, q.NotOffered, len(q.Offers))
		}
		if line != "terraform destroy" && q.Safer == "" {
			t.Errorf("%s: no safer way", line)
		}
	}
}
