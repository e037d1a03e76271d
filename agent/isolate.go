package agent

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// This file is about the start of an agent, or of what starts one: whether a
// process outside of the session would do the work.

// A Start is an agent that is about to be started.
type Start struct {
	Argv []string
	Env  []string // NAME=VALUE
}

// A Place is where it is started.
type Place struct {
	Getenv func(string) string
	// Alive reports that somebody listens on a socket.
	Alive func(path string) bool
	// Runs reports that a program of this user's runs already.
	Runs func(name string) bool
	// Port is one that nobody has; empty when there is none.
	Port func() string
	// Dir is a directory of the session's own, for sockets; empty when there is
	// none.
	Dir func() string
}

// An OutsideError says that an agent's work would be done by a process outside of
// the session, and what to do.
type OutsideError struct {
	Program, Why string
	Hint         string
}

func (e *OutsideError) Error() string {
	return fmt.Sprintf("%s is not guarded this way: %s", e.Program, e.Why)
}

// A client is a program that has its work done by another process.
type client struct {
	programs []string
	packages []string // as npx and its like have it
	// apart has the work done by processes of the session's own. at is where the
	// program stands in the start's words.
	isolate func(s *Start, at int, p *Place) (note string, err error)
}

// clients are the agents of which that is known, and programs that start others.
func clients() []client {
	list := terminals()
	for _, a := range All() {
		if a.isolate != nil {
			list = append(list, client{a.Programs, a.Packages, a.isolate})
		}
	}
	return list
}

// Isolate has an agent's work done by processes of the session's own, where it would
// have been done by one that runs already. It says what it changed, if anything.
// The error is an *OutsideError where that cannot be.
func (s *Start) Isolate(p *Place) (note string, err error) {
	list := clients()
	if i := lineAt(s.Argv); i > 0 {
		return "", outsideLine(list, s.Argv[i], p)
	}
	for at, word := range s.Argv {
		for i := range list {
			if list[i].is(word) {
				return list[i].isolate(s, at, p)
			}
		}
		if !leads(s.Argv[0], word, at) {
			break
		}
	}
	return "", nil
}

// is reports the client by a word of a command.
func (c *client) is(word string) bool {
	if slices.Contains(c.programs, strings.TrimSuffix(filepath.Base(word), ".exe")) && word[0] != '@' {
		return true
	}
	for _, name := range c.packages {
		if word == name || strings.HasPrefix(word, name+"@") {
			return true
		}
	}
	return false
}

// leads reports a word that may stand in front of the agent: `env A=1`, `timeout 60`,
// `npx -y`.
func leads(program, word string, at int) bool {
	switch filepath.Base(program) {
	case "env", "timeout", "nice", "ionice", "nohup", "setsid", "stdbuf", "npx", "pnpm", "bunx", "bun", "yarn", "volta", "mise", "asdf", "direnv", "fnm", "exec", "dlx", "run", "x":
	default:
		return false
	}
	return at < 8 && word != ""
}

// lineAt is where a shell's line stands in a command; 0 for none.
func lineAt(argv []string) int {
	if len(argv) < 3 || !strings.HasSuffix(filepath.Base(argv[0]), "sh") {
		return 0
	}
	for i := 1; i < len(argv)-1 && strings.HasPrefix(argv[i], "-"); i++ {
		if argv[i][1:] != "" && argv[i][1] != '-' && strings.HasSuffix(argv[i], "c") {
			return i + 1
		}
	}
	return 0
}

// outsideLine refuses a line whose agent would have to be started otherwise: what
// a shell makes of its words is not for us to change.
func outsideLine(list []client, line string, p *Place) error {
	words := strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(" \t\n;&|()", c) })
	for at, word := range words {
		for i := range list {
			if !list[i].is(word) {
				continue
			}
			changed := Start{Argv: slices.Clone(words[at:])}
			note, err := list[i].isolate(&changed, 0, p)
			if err == nil && note != "" {
				err = &OutsideError{word, "a process outside of the session may do its work", "restrain -- " + strings.Join(changed.Argv, " ") + ", without a shell around it"}
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// insert puts words behind the program.
func (s *Start) insert(at int, words ...string) {
	s.Argv = slices.Insert(slices.Clone(s.Argv), at+1, words...)
}

// set sets a variable, unset takes one away.
func (s *Start) set(name, value string) { s.unset(name); s.Env = append(s.Env, name+"="+value) }

func (s *Start) unset(name string) {
	s.Env = slices.DeleteFunc(slices.Clone(s.Env), func(v string) bool { return strings.HasPrefix(v, name+"=") })
}

// hasWord reports one of some words behind the program, also as --word=value.
func (s *Start) hasWord(at int, words ...string) bool {
	for _, word := range s.Argv[at+1:] {
		name, _, _ := strings.Cut(word, "=")
		if slices.Contains(words, name) {
			return true
		}
	}
	return false
}

// verb is the first word behind the program that is no option.
func (s *Start) verb(at int) string {
	for _, word := range s.Argv[at+1:] {
		if !strings.HasPrefix(word, "-") {
			return word
		}
	}
	return ""
}
