package transcript

import (
	"bytes"
	"encoding/json"
)

const sessionsLine = `a session as one line of JSON: {"session":"…","commands":["…"]}`

// sessions reads JSON Lines, one session a line. Incidents name themselves with
// id, and say which of their commands must not run unasked.
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
		}
		if err := json.Unmarshal(line, &record); err != nil {
			return err
		}
		b := in.builder(record.Agent)
		b.Repo, b.Destructive = record.Repo, record.Destructive
		if b.ID = record.Session; b.ID == "" {
			b.ID = record.ID
		}
		b.moved(record.Cwd)
		b.Commands = make([]Command, 0, len(record.Commands))
		for _, command := range record.Commands {
			if err := b.add("", Command{Text: command}); err != nil {
				return err
			}
		}
		return in.give(b)
	})
}
