package intercept

// ArgvOf is what a process was started with, where that is short.
func ArgvOf(pid int) ([]string, error) { return argvOf(pid) }

// HookOf finds the agent that runs the hook which process pid is: its nearest
// ancestor that is no shell. plumbing says of each program in between, by its
// arguments, whether it only starts the hook; ok is false where one does more, or
// the walk does not end at an agent. above are the keys of all processes that the
// agent descends from.
func HookOf(pid int, plumbing func(pid int, argv []string) bool) (agent Agent, above []string, ok bool) {
	self, err := readProcess(pid)
	if err != nil {
		return Agent{}, nil, false
	}
	boot := bootID()
	for p, depth := self, 0; p.parent > 1 && depth < maxDepth; depth++ {
		if p, err = readProcess(p.parent); err != nil {
			return Agent{}, nil, false
		}
		switch {
		case agent.PID != 0:
			above = append(above, keyOf(boot, p))
		case !passesOn(p.name):
			agent = Agent{PID: p.pid, Name: p.name, Key: keyOf(boot, p)}
		default:
			argv, err := argvOf(p.pid)
			if err != nil || !plumbing(p.pid, argv) {
				return Agent{}, nil, false
			}
		}
	}
	return agent, above, agent.PID != 0
}
