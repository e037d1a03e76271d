// Command restrain is a circuit breaker for coding agents: it reads every
// command before it runs and holds the step that does not fit until a human
// has confirmed it.
package main

import (
	"os"

	"restrain/intercept"
	"restrain/supervise"
)

func main() {
	// restrain starts itself again as the agent's parent in the PTY, and as the
	// stub that puts the agent under exec supervision.
	supervise.Main()
	intercept.StubMain(os.Args)
	os.Exit(run(system(), os.Args))
}
