package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"restrain/figure"
	"restrain/keep"
	"restrain/prompt"
)

// list writes what is kept, the latest step first.
func (u *undo) list() error {
	list, err := u.kept()
	if err != nil {
		return err
	}
	out, caps := bufio.NewWriter(u.Stdout), u.outputCaps()
	for i := range list {
		if u.json {
			if err := json.NewEncoder(out).Encode(list[i]); err != nil {
				return err
			}
			continue
		}
		u.writeKept(out, &list[i], caps)
	}
	switch {
	case len(list) > 0 || u.json:
	case u.session != "":
		fmt.Fprintf(out, "nothing is kept of a session %s\n", prompt.Escape(u.session))
	default:
		fmt.Fprintln(out, "nothing is kept")
	}
	return out.Flush()
}

// words writes for a shell's completion what can be given back: ids with their
// commands, which are the agent's words.
func (u *undo) words() error {
	list, err := u.kept()
	if err != nil {
		return err
	}
	out := bufio.NewWriter(u.Stdout)
	for i := range list {
		if k := &list[i]; k.Files+k.Dirs > 0 {
			fmt.Fprintf(out, "%s\t%s\n", k.ID, cut(prompt.Escape(told(k)), prompt.Caps{Width: 60}))
		}
	}
	return out.Flush()
}

// indent is in front of what stands below a kept step.
const indent = "        "

// maxRefs is how many git refs of a step the list names.
const maxRefs = 8

// writeKept writes a kept step: what there is of it, the command, and the git
// refs, which a command such as git branch -D $(…) does not name.
func (u *undo) writeKept(out io.Writer, k *keep.Kept, caps prompt.Caps) {
	line := func(text string) { fmt.Fprintln(out, cut(indent+prompt.Escape(text), caps)) }
	name, when, what := prompt.Escape(stepName(k)), k.Time.Local().Format("_2 Jan 15:04"), keptSummary(k)
	first := fmt.Sprintf("%s  %-9s %12s  %s", k.ID, name, when, what)
	if caps.Width > 0 && prompt.Width(first) > caps.Width {
		fmt.Fprintf(out, "%s  %-9s %12s\n", k.ID, name, when)
		line(what)
	} else {
		fmt.Fprintln(out, first)
	}
	line(told(k))
	if k.Refs == 0 {
		return
	}
	refs, err := u.store.Refs(k.ID)
	if err != nil {
		line(err.Error())
	}
	for i := range refs {
		if i == maxRefs {
			line("and " + figure.Count(len(refs)-i) + " more")
			break
		}
		line(refs[i].String())
	}
}

// told is what a step did, for people. An agent's own tool that writes a file is
// read as tee, which alone on a line is nothing else either.
func told(k *keep.Kept) string {
	if files, ok := strings.CutPrefix(k.Command, "tee "); ok && !strings.HasPrefix(files, "-") && !strings.ContainsAny(files, "|&;<>()`$\n") {
		return "writes " + files
	}
	return k.Command
}

// keptSummary says in a few words how much of a step can be given back.
func keptSummary(k *keep.Kept) string {
	var parts []string
	count := func(n int, thing string) {
		if n > 0 {
			parts = append(parts, figure.Number(n, thing))
		}
	}
	count(k.Files-k.Refs, "file")
	count(k.Refs, "git ref")
	if k.Files == 0 {
		count(k.Dirs, "folder")
	}
	if len(parts) > 0 {
		parts = append(parts, figure.Bytes(k.Bytes))
	}
	switch {
	case !k.GivenBack.IsZero():
		return "given back " + k.GivenBack.Local().Format("_2 Jan 15:04")
	case k.Running:
		parts = append(parts, "still running")
	case k.Missed > 0:
		parts = append(parts, figure.Count(k.Missed)+" not kept")
	}
	return strings.Join(parts, ", ")
}

// cut shortens escaped text to what a line of the terminal holds, and shows by
// dots that it did. What is no terminal gets all of it.
func cut(text string, caps prompt.Caps) string {
	if caps.Width <= 0 || prompt.Width(text) <= caps.Width {
		return text
	}
	dots := "..."
	if caps.Unicode {
		dots = "…"
	}
	n := 0
	for i, r := range text {
		if n += prompt.Width(string(r)); n > caps.Width-len([]rune(dots)) {
			return text[:i] + dots
		}
	}
	return text
}

// stepName is the session and the step's number in it.
func stepName(k *keep.Kept) string {
	name := k.Session[:min(4, len(k.Session))]
	if k.Number > 0 {
		name += "/" + strconv.Itoa(k.Number)
	}
	return name
}
