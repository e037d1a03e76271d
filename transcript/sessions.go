package transcript

import (
	"bytes"
	"encoding/json"
	"slices"
)

const sessionsLine = `a session as one line of JSON: {"session":"…","commands":["…"]}`

// sessions reads JSON Lines, one session a line. Incidents name themselves with
// id, and say which of their commands must not run unasked. failed and denied are
// the places of those that failed, and did not run; asked is what the human had asked for.
func (in *input) sessions() error {
	return in.lines(sessionsLine, func(_ int, line []byte) error {
		if len(bytes.TrimSpace(line)) == 0 {
			return nil
		}
		var record struct {
			Session     string   `json:"session"`
			ID          string   `json:"id"`
			Repo        string   `json:"repo"`
			Agent       string   `json:"agent"`
			Cwd         string   `json:"cwd"`
			Commands    []string `json:"commands"`
			Destructive int      `json:"destructive_index"`
			Failed      []int    `json:"failed"` // places of commands, from 0
			Denied      []int    `json:"denied"`
			Asked       []string `json:"asked"` // of the agent, by its human, before the first command
		}
		if err := json.Unmarshal(line, &record); err != nil {
			return err
		}
		b := in.builder(record.Agent)
		b.Asked, b.Repo, b.Destructive = record.Asked, record.Repo, record.Destructive
		if b.ID = record.Session; b.ID == "" {
			b.ID = record.ID
		}
		b.moved(record.Cwd)
		b.Commands = make([]Command, 0, len(record.Commands))
		for i, text := range record.Commands {
			command := Command{Text: text}
			switch {
			case slices.Contains(record.Denied, i):
				command.Outcome = Denied
			case slices.Contains(record.Failed, i):
				command.Outcome = Failed
			}
			if err := b.add("", command); err != nil {
				return err
			}
		}
		return in.give(b)
	})
}
