package session

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"restrain/classify"
	"restrain/gate"
	"restrain/keep"
	"restrain/trust"
)

// RulesPath is the user's own rule file.
func RulesPath(getenv func(string) string) string {
	if dir := getenv("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "restrain", "rules.toml")
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "restrain", "rules.toml")
	}
	return ""
}

// ProjectRules is the name of a project's rule file. The agent may have written
// it: it may only tighten, unless a human has trusted its content.
const ProjectRules = ".restrain.toml"

// A Layer is the rules as they are with the file at path laid over those below.
type Layer struct {
	From string // the file, or "shipped"
	Set  *classify.Set
}

// LoadRules gives the shipped rules with the user's on top, and the project's
// on top of these. A wrong rule file is an error: restrain does not start on a
// guess.
func LoadRules(getenv func(string) string) (*classify.Set, error) {
	layers, err := RuleLayers(getenv)
	if err != nil {
		return nil, err
	}
	return layers[len(layers)-1].Set, nil
}

// RuleLayers gives the shipped rules, and one more layer for each file there is.
func RuleLayers(getenv func(string) string) ([]Layer, error) {
	layers := []Layer{{"shipped", classify.Shipped()}}
	for _, file := range []struct {
		path string
		load func(*classify.Set, string, []byte) (*classify.Set, error)
	}{{RulesPath(getenv), classify.LoadOver}, {FindProjectRules(getenv("HOME")), loadProject(getenv)}} {
		below := layers[len(layers)-1].Set
		set, err := rulesFile(below, file.path, file.load)
		if err != nil {
			return nil, err
		}
		if set != below {
			layers = append(layers, Layer{file.path, set})
		}
	}
	return layers, nil
}

// rulesFile puts the rules of a file, if it is there, on top of a set.
func rulesFile(set *classify.Set, path string, load func(*classify.Set, string, []byte) (*classify.Set, error)) (*classify.Set, error) {
	if path == "" {
		return set, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return set, nil
	}
	if err != nil {
		return nil, Usagef("rules: %w; make the file readable, or remove it", err)
	}
	all, err := load(set, path, text)
	if err != nil {
		return nil, UsageError{err}
	}
	return all, nil
}

// FindProjectRules looks for a project's rules in the working directory and
// above it, short of the home directory.
func FindProjectRules(home string) string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for dir != home {
		path := filepath.Join(dir, ProjectRules)
		if _, err := os.Lstat(path); err == nil {
			return path
		}
		above := filepath.Dir(dir)
		if above == dir {
			break
		}
		dir = above
	}
	return ""
}

// LoadPolicy puts together what verdicts on an agent rest on. The persona is
// the one that was chosen by hand; empty is the one that the rules have.
func LoadPolicy(getenv func(string) string, agent, persona string) (*gate.Policy, error) {
	set, err := LoadRules(getenv)
	if err != nil {
		return nil, err
	}
	return PolicyOn(set, getenv, agent, persona)
}

// PolicyOn is LoadPolicy with rules that have been loaded.
func PolicyOn(set *classify.Set, getenv func(string) string, agent, persona string) (*gate.Policy, error) {
	role, tightened, err := set.PersonaFor(agent, persona)
	if err != nil {
		return nil, UsageError{err}
	}
	policy, err := gate.NewPolicy(set, trust.Shipped(), role.ID)
	if err != nil {
		return nil, UsageError{err}
	}
	policy.Guard(guardOf(getenv))
	if !tightened {
		policy.LeanOnDeclared()
	}
	lessons, err := LoadLessons(getenv, ProjectDir())
	if err != nil {
		return nil, UsageError{err}
	}
	if lessons != nil {
		policy.Learn(lessons)
	}
	heed(policy, getenv, agent)
	return policy, nil
}

// guardOf knows the files that a session of this user rests on.
func guardOf(getenv func(string) string) *classify.Guard {
	paths, kept := []string{filepath.Dir(RulesPath(getenv))}, ""
	if state, err := gate.StateDir(getenv); err == nil {
		paths, kept = append(paths, state), filepath.Join(state, keep.StoreName)
	}
	if runtime := getenv("XDG_RUNTIME_DIR"); runtime != "" {
		paths = append(paths, filepath.Join(runtime, "restrain"))
	}
	program, err := os.Executable()
	if err != nil {
		program = "" // its name is in the rules
	}
	return classify.NewGuard(program, kept, paths...)
}
