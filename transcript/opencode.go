package transcript

import (
	"encoding/json"
	"strings"
)

const openCodeValue = "an OpenCode export: an object with info, and messages with parts"

// openCode reads what opencode export prints.
func (in *input) openCode() error {
	b := in.builder("OpenCode")
	name := func(key string, value json.RawMessage) {
		var info struct {
			ID        string `json:"id"`
			Directory string `json:"directory"`
		}
		if key == "info" && json.Unmarshal(value, &info) == nil && info.ID != "" {
			b.ID = info.ID
			b.moved(info.Directory)
		}
	}
	v := in.values(b, openCodeValue)
	if err := v.each([]string{"messages"}, name, b.openCodeMessage); err != nil {
		return err
	}
	return in.give(b)
}

func (b *builder) openCodeMessage(element json.RawMessage) error {
	var message struct {
		Info struct {
			Path struct {
				CWD string `json:"cwd"`
			} `json:"path"`
		} `json:"info"`
		Parts []struct {
			Type   string `json:"type"`
			CallID string `json:"callID"`
			Tool   string `json:"tool"`
			State  struct {
				Status string `json:"status"`
				Input  struct {
					Command string `json:"command"`
					Workdir string `json:"workdir"`
				} `json:"input"`
				Metadata struct {
					Exit *int `json:"exit"`
				} `json:"metadata"`
				Time struct {
					Start stamp `json:"start"`
				} `json:"time"`
				Error string `json:"error"`
			} `json:"state"`
		} `json:"parts"`
	}
	if err := json.Unmarshal(element, &message); err != nil {
		return err
	}
	b.moved(message.Info.Path.CWD)
	for _, part := range message.Parts {
		if part.Type != "tool" || !isShellTool(part.Tool) {
			continue
		}
		c := Command{Text: part.State.Input.Command, Time: part.State.Time.Start.Time}
		if strings.HasPrefix(part.State.Input.Workdir, "/") {
			c.Dir = part.State.Input.Workdir
		}
		if err := b.add(part.CallID, c); err != nil {
			return err
		}
		switch status, exit := part.State.Status, part.State.Metadata.Exit; {
		case exit != nil:
			b.setResult(part.CallID, exited(*exit))
		case status == "error" && strings.Contains(strings.ToLower(part.State.Error), "rejected"):
			b.setResult(part.CallID, result{Denied, -1})
		case status == "error":
			b.setResult(part.CallID, result{Failed, -1})
		}
	}
	return nil
}
