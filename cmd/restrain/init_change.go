package main

import (
	"fmt"
	"os"
	"strings"

	"restrain/prompt"
	"restrain/session"
	"restrain/setup"
)

// This file shows and writes the changes of agents' files.

// advise prints what the file should have that could not be read, or the one that
// is used in its place.
func (i *initialiser) advise(targets []setup.Target, failed int) {
	target := &targets[failed]
	if target.Unused {
		target = &targets[0]
	}
	if advice := target.Advice(); advice != "" && !i.remove {
		i.say("%s should have:\n\n%s\n", prompt.Escape(target.Path), advice)
	}
}

// write makes the changes of an agent's files.
func (i *initialiser) write(name string, changes []*setup.Change) error {
	for _, change := range changes {
		backup := change.Backup()
		if err := change.Apply(); err != nil {
			return session.Hint(err, "what is above can also be written by hand")
		}
		done := "written"
		if change.Removes {
			done = "removed"
		}
		i.say("%s: %s: %s\n", name, done, prompt.Escape(change.Path))
		if _, err := os.Lstat(backup); backup != "" && err == nil {
			i.say("%s: as it was: %s\n", name, prompt.Escape(backup))
		}
	}
	return nil
}

// show prints a change, what goes in red and what comes in green. The text comes
// from files that anybody may have written.
func (i *initialiser) show(change *setup.Change) {
	ink := i.host.ink()
	for line := range strings.Lines(change.Diff()) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		for k := range cells {
			cells[k] = prompt.Escape(cells[k])
		}
		text := strings.Join(cells, "\t")
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
			text = ink.bold(text)
		case strings.HasPrefix(line, "-"):
			text = ink.red(text)
		case strings.HasPrefix(line, "+"):
			text = ink.green(text)
		}
		i.say("%s\n", text)
	}
	i.say("\n")
}

func files(changes []*setup.Change) string {
	if len(changes) == 1 {
		return prompt.Escape(changes[0].Path)
	}
	return fmt.Sprintf("these %d files", len(changes))
}
