package shellparse

// Plumbing recognises the text that an agent's own runner puts around a
// command, and returns the command: empty for runs that only save or restore
// the shell's state. ok is false for everything else, and for plumbing with
// anything added to it.
func Plumbing(src string) (cmd string, ok bool) { return PlumbingArgs(src, nil) }

// PlumbingArgs is Plumbing for text that takes its command from the
// positional parameters $0, $1, …, as Cursor's does.
func PlumbingArgs(src string, params []string) (cmd string, ok bool) {
	return "", false
}
