package intercept

// A typedLine is what a line was judged to do that is typed into an open shell.
type typedLine[P any] struct {
	number int
	begun[P]
}

// ShellAbove finds the open shell that an asking process claims to ask for: pid
// must be one that the asker descends from.
func (a *Steps[P]) ShellAbove(asker Process, pid int) (shell Process, ok bool) {
	ok = a.ascendFrom(asker, func(at Process) bool {
		shell = at
		return at.PID == pid
	})
	return shell, ok
}

// Type remembers what a line of an open shell, or a command of that line, was
// read to run when it was allowed, and what the line was let run with. A later
// line takes its place.
func (a *Steps[P]) Type(shell Process, number int, commands []Foreseen, permit P) {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, ok := a.typed.get(shell)
	if !ok || line.number != number || number == 0 {
		line = typedLine[P]{number, begun[P]{commands: map[uint64]struct{}{}}}
	}
	for _, c := range commands {
		if words := c.words(); len(words) > 0 && len(line.commands) < maxForeseen {
			line.commands[a.key(c.Dir, words...)] = struct{}{}
		}
	}
	line.permit = permit
	a.typed.put(shell, line)
}

// Typed returns what a line was let run with that was allowed in an open shell;
// not for another line than the last.
func (a *Steps[P]) Typed(shell Process, number int) (permit P, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, ok := a.typed.get(shell)
	return line.permit, ok && number != 0 && line.number == number
}

// Adopt reports an exec that is, word for word, what the last line allowed in an
// open shell above it was read to run. It stands for that once, and what runs
// below it is part of the step that the line is.
func (a *Steps[P]) Adopt(r Request) bool {
	f, ok := plainExec(&r)
	if !ok || !a.anyTyped() {
		return false
	}
	keys := a.keys(&f)
	var of begun[P]
	found := a.ascend(r, func(at Process) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		line, ok := a.typed.get(at)
		if !ok {
			return false
		}
		of = line.begun
		for _, key := range keys {
			if _, ok := of.commands[key]; ok {
				delete(of.commands, key)
				return true
			}
		}
		return false
	})
	if found {
		a.mu.Lock()
		a.lines.put(Process{r.PID, r.Exec.Serial}, of)
		a.mu.Unlock()
	}
	return found
}

// anyTyped reports whether a line was allowed in any open shell: most sessions
// have none, and need not climb for it.
func (a *Steps[P]) anyTyped() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.typed.values) > 0
}
