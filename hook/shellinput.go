package hook

import "strings"

// shellInput notes what is typed into an open shell, or into a program that runs in
// it: no shell is started for it that another door would see.
func (e *Event) shellInput(input object) error {
	texts, err := input.texts("input", "chars", "text", "command")
	if err != nil {
		return err
	}
	for _, text := range texts {
		if text = keyed(text); strings.TrimSpace(text) != "" {
			e.Commands = append(e.Commands, []string{"sh", "-c", text})
		}
	}
	return nil
}

// keyed is the text that keys make. Copilot CLI writes them as {enter}; what the
// arrows do is not known here.
func keyed(text string) string {
	names := strings.NewReplacer("{enter}", "\n", "{backspace}", "\b", "{up}", "", "{down}", "", "{left}", "", "{right}", "")
	var typed []rune
	start := 0 // of the line that is typed
	for _, r := range names.Replace(text) {
		switch r {
		case '\r', '\n':
			typed = append(typed, '\n')
			start = len(typed)
		case '\b', '\x7f':
			typed = typed[:max(start, len(typed)-1)]
		case '\x03', '\x15': // Ctrl-C, Ctrl-U
			typed = typed[:start]
		default:
			typed = append(typed, r)
		}
	}
	return string(typed)
}
