package main

import (
	"path/filepath"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
)

// asCalled has a `#!` file judged by the name it goes by, where that says more
// than what its interpreter is given: many a provider's command is a script, and
// `aws s3 rb` deletes whatever the kernel calls it. The script's text is read
// either way. A line that was approved foresaw the name, but not the text.
func (j *sessionJudge) asCalled(r *intercept.Request, request *gate.Request) {
	x := r.Exec
	if r.Kind != intercept.KindArgv || x.ScriptPath == "" || x.Path != x.ScriptPath || len(x.Raw) == 0 {
		return
	}
	call, exec := *r, *x
	exec.ScriptPath, call.Argv, call.Exec = "", x.Raw, &exec
	if j.approvals.Foreseen(call) {
		return
	}
	worst := j.severity(request, request.Argv)
	for _, name := range [...]string{x.Raw[0], filepath.Base(x.Path)} {
		if filepath.Base(name) != filepath.Base(x.Path) {
			continue // a claim of the caller's
		}
		named := append([]string{name}, x.Raw[1:]...)
		if severity := j.severity(request, named); severity > worst {
			request.Argv, worst = named, severity
		}
	}
}

// severity is how much harm an argv does in place of a request's.
func (j *sessionJudge) severity(request *gate.Request, argv []string) classify.Severity {
	read := *request
	read.Argv = argv
	step, _ := j.gate.Policy.Read(&read)
	return step.Severity
}
