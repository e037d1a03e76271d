package setup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tailscale/hujson"

	"restrain/agent"
)

// A Guard is a place in an agent's configuration that leads to restrain.
type Guard struct {
	File    string
	Setting string // which one of the file; empty where there is but one
	// Command is what a hook runs, by a shell. Without one, Argv is the
	// program and its arguments: a terminal's shell, or a script.
	Command string
	Argv    []string
	Env     []string // NAME=VALUE, which the file adds
	Plugin  bool     // the file is a plugin that starts restrain by itself
	Typed   bool     // the agent types its lines into the terminal

	Timeout time.Duration // how long the agent waits; 0 is not said
	Asked   time.Duration // how long restrain was told that it does; 0 is not said
	// Open reports an agent that uses the tool where the hook fails, and could
	// be told not to.
	Open bool
	// Misses says why the agent runs commands without asking the hook; empty
	// when it asks.
	Misses string
	// Only is the pattern of the tools that the hook is asked about; empty
	// for all of them.
	Only string
}

// Guards lists what leads the agent to restrain. Errors are about files that
// cannot be read, or are not what they should be.
func (a *Agent) Guards(p *Place) (guards []Guard, err error) {
	targets := a.Targets(p)
	for i := range targets {
		text, there, readErr := readFile(targets[i].Path)
		switch {
		case readErr != nil:
			err = errors.Join(err, readErr)
		case !there:
		case targets[i].Whole != "":
			guards = append(guards, wholeGuard(&targets[i], string(text))...)
		case targets[i].Tables != "":
			found, parseErr := a.tableGuards(&targets[i], string(text))
			guards, err = append(guards, found...), errors.Join(err, parseErr)
		default:
			found, parseErr := a.guardsIn(&targets[i], text)
			guards, err = append(guards, found...), errors.Join(err, parseErr)
		}
	}
	return guards, err
}

// wholeGuard is a file that is all ours: a script, or a plugin.
func wholeGuard(t *Target, text string) []Guard {
	if !strings.Contains(text, mark) || strings.HasSuffix(t.Path, ".json") {
		return nil // a manifest, or somebody else's
	}
	return []Guard{{File: t.Path, Argv: []string{t.Path}, Plugin: t.Mode == 0}}
}

func (a *Agent) guardsIn(t *Target, text []byte) ([]Guard, error) {
	d, err := newDocument(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	root, err := d.root()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	if a.Hook == "" {
		return t.terminals(d)
	}
	hooks, err := member(root.Value.(*hujson.Object), "hooks")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	if hooks == nil {
		return nil, nil
	}
	events, _ := hooks.Value.(*hujson.Object)
	if events == nil {
		return nil, nil // TestRefused: nothing can be put into it
	}
	var guards []Guard
	unread := a.unread(d)
	for i := range events.Members {
		name, _ := events.Members[i].Name.Value.(hujson.Literal)
		list, _ := events.Members[i].Value.Value.(*hujson.Array)
		if list == nil || agent.IsPrompt(name.String()) {
			continue
		}
		for k := range list.Elements {
			for _, guard := range a.hooksIn(&list.Elements[k]) {
				switch {
				case name.String() == "beforeShellExecution":
					guard.Misses = "" // its matcher is about the line
				case !a.asksBefore(t, name.String()):
					guard.Misses = fmt.Sprintf("it stands under %s, and is not asked before a tool is used", name.String())
				}
				if guard.File = t.Path; unread != "" {
					guard.Misses = unread
				}
				guards = together(guards, guard)
			}
		}
	}
	return guards, nil
}

// hooksIn are the hooks of ours in an entry of an event's list.
func (a *Agent) hooksIn(entry *hujson.Value) []Guard {
	var guards []Guard
	matcher := ""
	if outer, ok := entry.Value.(*hujson.Object); ok {
		matcher = textOf(outer, "matcher")
	}
	for _, object := range objectsIn(entry, nil) {
		command := textOf(object, "command")
		if a.Hook == "copilot" {
			command = textOf(object, "bash")
		}
		if !IsHook(command) {
			continue
		}
		guard := Guard{Command: command, Env: envOf(object), Timeout: a.timeout(object), Asked: askedTimeout(command), Misses: a.excluded(matcher), Only: only(matcher)}
		switch a.Hook {
		case "cursor":
			guard.Open = textOf(object, "failClosed") != "true"
		case "claude":
			guard.Open = textOf(object, "onFailure") != "block" && !strings.HasSuffix(command, "exit 2")
		case "goose":
			guard.Open = textOf(object, "on_failure") != "block" && !strings.HasSuffix(command, "exit 2")
		case "codex", "gemini", "qwen", "windsurf":
			guard.Open = !strings.HasSuffix(command, "exit 2")
		}
		guards = append(guards, guard)
	}
	return guards
}

// together adds a guard once, however many events and matchers it has: one of
// them that is asked about commands is enough.
func together(guards []Guard, guard Guard) []Guard {
	for i := range guards {
		if g := &guards[i]; g.Command == guard.Command && g.Timeout == guard.Timeout {
			if guard.Misses == "" {
				g.Misses = ""
			}
			if g.Only != "" && guard.Only != "" && g.Only != guard.Only {
				g.Only += "|" + guard.Only
			} else if guard.Only == "" {
				g.Only = ""
			}
			return guards
		}
	}
	return append(guards, guard)
}

// asksBefore reports an event by which the agent asks before it runs a command.
func (a *Agent) asksBefore(t *Target, event string) bool {
	if a.Hook == "windsurf" {
		return event == "pre_run_command"
	}
	return slices.ContainsFunc(t.Parts, func(p Part) bool { return p.List && p.Path[1] == event })
}

// only is a matcher that does not have all tools.
func only(matcher string) string {
	switch matcher {
	case "*", ".*", "^.*$":
		return ""
	}
	return matcher
}

// excluded says that a matcher does not have the tool that runs commands.
func (a *Agent) excluded(matcher string) string {
	if matcher == "" || matcher == "*" {
		return ""
	}
	names, err := regexp.Compile(matcher)
	if err != nil || slices.ContainsFunc(a.Shells, names.MatchString) {
		return "" // what Go does not read, the agent may
	}
	return fmt.Sprintf("its matcher %q leaves out the tool that runs commands", matcher)
}

// terminals are the settings of an IDE's file that start restrain.
func (t *Target) terminals(d *document) ([]Guard, error) {
	var guards []Guard
	for _, part := range t.Parts {
		at, err := d.find(part.Path...)
		if err != nil {
			return guards, fmt.Errorf("%s: %w", t.Path, err)
		}
		if at == nil || !part.isOurs(at) {
			continue
		}
		object := at.Value.(*hujson.Object)
		guard := Guard{File: t.Path, Setting: strings.Join(part.Path, "."), Argv: []string{textOf(object, "path")}, Env: envOf(object)}
		guard.Typed = strings.HasPrefix(guard.Setting, typedInto)
		if args, err := member(object, "args"); err == nil && args != nil {
			guard.Argv = append(guard.Argv, textsIn(args)...)
		}
		guards = append(guards, guard)
	}
	return guards, nil
}

// timeout is what a hook's entry says, in the agent's unit.
func (a *Agent) timeout(object *hujson.Object) time.Duration {
	name, unit := "timeout", time.Second
	switch a.Hook {
	case "copilot":
		name = "timeoutSec"
	case "gemini", "qwen":
		unit = time.Millisecond
	}
	value, err := member(object, name)
	if value == nil || err != nil {
		return 0
	}
	literal, _ := value.Value.(hujson.Literal)
	return time.Duration(literal.Float() * float64(unit))
}

// askedTimeout is the --timeout of a hook's command.
func askedTimeout(command string) time.Duration {
	words := strings.Fields(strings.ReplaceAll(command, "--timeout=", "--timeout "))
	at := slices.Index(words, "--timeout")
	if at < 0 || at+1 == len(words) {
		return 0
	}
	d, err := time.ParseDuration(words[at+1])
	if err != nil {
		return 0 // restrain says so when it is started
	}
	return d
}

// objectsIn lists the objects of a document, the outer first.
func objectsIn(at *hujson.Value, list []*hujson.Object) []*hujson.Object {
	switch container := at.Value.(type) {
	case *hujson.Object:
		list = append(list, container)
		for i := range container.Members {
			list = objectsIn(&container.Members[i].Value, list)
		}
	case *hujson.Array:
		for i := range container.Elements {
			list = objectsIn(&container.Elements[i], list)
		}
	}
	return list
}

// textOf is the text of a member, as it stands there when it is no string; empty
// without one.
func textOf(object *hujson.Object, name string) string {
	value, err := member(object, name)
	if value == nil || err != nil {
		return ""
	}
	literal, ok := value.Value.(hujson.Literal)
	if !ok {
		return ""
	}
	return literal.String()
}

func textsIn(at *hujson.Value) []string {
	list, ok := at.Value.(*hujson.Array)
	if !ok {
		return nil
	}
	var texts []string
	for i := range list.Elements {
		if literal, ok := list.Elements[i].Value.(hujson.Literal); ok {
			texts = append(texts, literal.String())
		}
	}
	return texts
}

func envOf(object *hujson.Object) []string {
	value, err := member(object, "env")
	if value == nil || err != nil {
		return nil
	}
	vars, ok := value.Value.(*hujson.Object)
	if !ok {
		return nil
	}
	var env []string
	for i := range vars.Members {
		name, _ := vars.Members[i].Name.Value.(hujson.Literal)
		if text, ok := vars.Members[i].Value.Value.(hujson.Literal); ok {
			env = append(env, name.String()+"="+text.String())
		}
	}
	return env
}

// Faults says what keeps a guard from being in the way, as far as files tell.
func (g *Guard) Faults() []string {
	var faults []string
	if g.Misses != "" {
		faults = append(faults, g.Misses)
	}
	if g.Command == "" {
		info, err := os.Stat(g.Argv[0])
		switch link, linkErr := os.Readlink(g.Argv[0]); {
		case err != nil && linkErr == nil:
			faults = append(faults, fmt.Sprintf("%s leads to %s, which is not there", g.Argv[0], link))
		case err != nil && filepath.IsAbs(g.Argv[0]):
			faults = append(faults, g.Argv[0]+" is not there")
		case err == nil && !g.Plugin && info.Mode()&0o111 == 0:
			faults = append(faults, g.Argv[0]+" is not executable")
		}
		return faults
	}
	switch {
	case g.Asked > 0 && g.Timeout == 0:
		faults = append(faults, fmt.Sprintf("no timeout is set, and restrain is told %v: the agent goes on before the answer", g.Asked))
	case g.Timeout > 0 && g.Asked > g.Timeout:
		faults = append(faults, fmt.Sprintf("the agent waits %v, and restrain is told %v: it goes on before the answer", g.Timeout, g.Asked))
	}
	return faults
}
