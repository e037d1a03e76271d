package asked

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// OfCommandLine is the message that a human gave an agent on its command line, as
// in claude -p 'fix it'; empty when there is none. An operand that may be the
// value of an unknown flag is none.
func (w *Words) OfCommandLine(argv []string) string {
	if len(argv) == 0 {
		return ""
	}
	for i := range w.Agents {
		a := &w.Agents[i]
		if slices.ContainsFunc(a.Name, func(name string) bool { return name == path.Base(argv[0]) }) {
			return a.message(argv[1:])
		}
	}
	return ""
}

func (a *Agent) message(args []string) string {
	var operands []string
	verb, unsure := false, false
	for len(args) > 0 {
		word := args[0]
		args = args[1:]
		flag, value, hasValue := strings.Cut(word, "=")
		switch {
		case word == "--":
			operands, args = append(operands, args...), nil
		case len(word) > 1 && word[0] == '-' && !strings.ContainsAny(word, " \n"):
			unsure = false
			switch {
			case slices.Contains(a.Flags, flag):
				if hasValue {
					return value
				}
				if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
					return args[0]
				}
			case slices.Contains(a.Values, flag) && !hasValue && len(args) > 0:
				args = args[1:]
			case !slices.Contains(a.Values, flag):
				unsure = !hasValue
			}
		case !verb && len(operands) == 0 && slices.Contains(a.Verbs, word):
			verb, unsure = true, false
		case unsure && !strings.ContainsAny(word, " \n"):
			unsure = false
		default:
			operands, unsure = append(operands, word), false
		}
	}
	if !a.Operand || a.Needs && !verb {
		return ""
	}
	return strings.Join(operands, " ")
}

// example runs an example, "LINE => MESSAGE".
func (a *Agent) example(w *Words, example string) error {
	line, want, found := strings.Cut(example, " => ")
	if !found {
		return fmt.Errorf("%q has no \" => \": write the line, the arrow and the message", example)
	}
	var argv []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			argv = append(argv, part)
		} else {
			argv = append(argv, strings.Fields(part)...)
		}
	}
	if got := w.OfCommandLine(argv); got != want {
		return fmt.Errorf("%q gives %q: correct the flags or the example", example, got)
	}
	return nil
}
