package classify

import "testing"

// TestGiven reads what programs that nobody described are given to run, and
// does not take for it what they are given to keep.
func TestGiven(t *testing.T) {
	for _, tt := range []struct {
		line string
		want Severity
	}{
		{`retry 3 rm -rf ~`, Critical},
		{`again-tool run sudo terraform destroy`, Critical},
		{`wait-for db:5432 -- dropdb app`, High},
		{`nomad job dispatch x -- rm -rf ~`, Critical},
		{`corp-tool remote --exec-command 'rm -rf ~'`, Critical},
		{`corp-tool remote --cmd="terraform destroy -auto-approve"`, Critical},
		{`a b c d e rm -rf ~`, Critical},
		{`notes add 'rm -rf ~'`, None},
		{`corp-tool send --message 'rm -rf ~'`, None},
		{`corp-tool --command build`, None},
		{`corp-tool --command 'npm test'`, None},
		{`corp-tool install rm`, None},
		{`retry 3 rm -rf node_modules`, None},
		{`gh issue create --title x --body 'rm -rf ~'`, None},
	} {
		step := judge(Shipped(), tt.line)
		if step.Severity != tt.want {
			t.Errorf("%s: %v, want %v (%s)", tt.line, step.Severity, tt.want, rules(step))
		}
	}
}

// TestGivenIsBounded gives words that name programs to a program that names
// programs: no word is read as a command more often than once.
func TestGivenIsBounded(t *testing.T) {
	line := "x"
	for range 60 {
		line += " rails"
	}
	if n := len(judge(Shipped(), line).Actions); n != 1 {
		t.Errorf("%d actions, want 1", n)
	}
}
