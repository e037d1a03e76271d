package session

import (
	"path/filepath"

	"restrain/intercept"
)

// names are what a `#!` file is called by, where that may say more than what its
// interpreter is given: many a provider's command is a script, and `aws s3 rb`
// deletes whatever the kernel calls it. The script's text is read either way. A
// line that was read foresaw the name, but not the text.
func (j *judge) names(r *intercept.Request) [][]string {
	x := r.Exec
	if r.Kind != intercept.KindArgv || x.ScriptPath == "" || x.Path != x.ScriptPath || len(x.Raw) == 0 {
		return nil
	}
	call, exec := *r, *x
	exec.ScriptPath, call.Argv, call.Exec = "", x.Raw, &exec
	if j.steps.Place(call).Foreseen {
		return nil
	}
	own := filepath.Base(x.Path)
	names := [][]string{append([]string{own}, x.Raw[1:]...)}
	if filepath.Base(x.Raw[0]) == own && x.Raw[0] != own { // else a claim of the caller's
		names = append([][]string{x.Raw}, names...)
	}
	return names
}
