package intercept

// A typedLine is what a line was judged to do that is typed into an open shell.
type typedLine struct {
	number   int
	approved approval
}

// ShellAbove finds the open shell that an asking process claims to ask for: pid
// must be one that the asker descends from.
func (a *Approvals) ShellAbove(asker Process, pid int) (shell Process, ok bool) {
	ok = a.ascendFrom(asker, func(at Process) bool {
		shell = at
		return at.PID == pid
	})
	return shell, ok
}

// Type remembers what a line of an open shell, or a command of that line, was
// seen to run when it was allowed. A later line takes its place.
func (a *Approvals) Type(shell Process, number int, commands []Foreseen, scope Scope) {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, ok := a.typed.get(shell)
	if !ok || line.number != number || number == 0 {
		line = typedLine{number: number, approved: approval{commands: map[uint64]struct{}{}}}
	}
	for _, c := range commands {
		if words := c.words(); len(words) > 0 && len(line.approved.commands) < maxForeseen {
			line.approved.commands[a.key(c.Dir, words)] = struct{}{}
		}
	}
	line.approved.scope.Rules = append(line.approved.scope.Rules, scope.Rules...)
	line.approved.scope.Programs = append(line.approved.scope.Programs, scope.Programs...)
	a.typed.put(shell, line)
}

// Typed returns the scope of a line that was allowed in an open shell; not for
// another line than the last.
func (a *Approvals) Typed(shell Process, number int) (Scope, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	line, ok := a.typed.get(shell)
	return line.approved.scope, ok && number != 0 && line.number == number
}

// Adopt reports an exec that is, word for word, what the last line allowed in an
// open shell above it was seen to run. It stands for that once, and what runs
// below it is part of the step that the line is.
func (a *Approvals) Adopt(r Request) bool {
	f, ok := plainExec(&r)
	if !ok || !a.anyTyped() {
		return false
	}
	here, anywhere := a.key(f.Dir, f.words()), a.key("", f.words())
	var of approval
	found := a.ascend(r, func(at Process) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		line, ok := a.typed.get(at)
		if !ok {
			return false
		}
		of = line.approved
		for _, key := range [...]uint64{here, anywhere} {
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
func (a *Approvals) anyTyped() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.typed.values) > 0
}
