package session

import (
	"fmt"
	"os"
	"path/filepath"

	"restrain/intercept"
	"restrain/prompt"
)

// OwnShell is how the shell that SHELL names is started: any, where execs are
// caught, and else one that asks about its lines, if there is one.
func (h *Host) OwnShell(o Options) ([]string, error) {
	own := h.Getenv("SHELL")
	if known, _ := intercept.DoorName(own); known == "" && own != "" {
		if o.catchesExecs() && intercept.Runnable(own) {
			h.sayUnseen(o, filepath.Base(own))
			return []string{own}, nil
		}
		fmt.Fprintf(h.Stderr, "restrain: note: %s cannot be guarded here; another shell is started\n", prompt.Escape(own))
	}
	path, err := intercept.RealShell(filepath.Base(own), os.Environ())
	if err != nil {
		return nil, err
	}
	if name, _ := intercept.DoorName(path); name != "bash" && name != "zsh" {
		h.sayUnseen(o, name)
	}
	return []string{path, "-i"}, nil
}

// sayUnseen says what is not seen of a shell that does not ask.
func (h *Host) sayUnseen(o Options, shell string) {
	what := "what it does itself (> file, kill) is not seen"
	if !o.catchesExecs() {
		what = "nothing that is typed into it is seen"
	}
	fmt.Fprintf(h.Stderr, "restrain: note: %s does not ask as bash and zsh do: %s\n", prompt.Escape(shell), what)
}
