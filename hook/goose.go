package hook

import "strings"

// goose is goose, by its documentation (goose-docs.ai, guides: hooks): PreToolUse
// in a plugin's hooks.json. It uses the tool unless the status is 2, or the answer
// says block; tools of its own are called developer__NAME.
func goose() schema {
	return schema{
		read:  readGoose,
		allow: Output{Stdout: `{"decision":"allow"}` + "\n"},
		deny: func(reason string) Output {
			answer := jsonLine(struct {
				Decision string `json:"decision"`
				Reason   string `json:"reason"`
			}{"block", reason})
			return Output{Stdout: answer, Stderr: reason + "\n", Status: blocks}
		},
	}
}

func readGoose(event object) (Event, error) {
	if err := wantEvent(event, "event", "PreToolUse"); err != nil {
		return Event{}, err
	}
	e, tool, input, err := readCall(event, "working_dir")
	if err != nil {
		return e, err
	}
	err = e.use(strings.TrimPrefix(tool, "developer__"), input)
	e.Tool = tool
	return e, err
}
