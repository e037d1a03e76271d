// Command restrain is a circuit breaker for coding agents: it reads every
// command before it runs and holds the step that does not fit until a human
// has confirmed it.
package main

import (
	"os"
)

func main() {
	os.Exit(run(system(), os.Args))
}
