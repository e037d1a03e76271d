package setup

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

// This file is about the hooks that stand in Codex's config.toml, in place of
// hooks.json (developers.openai.com/codex/hooks). Codex takes both, and warns
// when one directory has both.

// groupHeader begins a group of hooks, and what it has more begins with
// groupPart.
const (
	groupHeader = "[[hooks.PreToolUse]]"
	groupPart   = "[[hooks.PreToolUse."
)

// codex keeps to the file that has its hooks: config.toml where that has some and
// there is no hooks.json, or where restrain's are.
func codex(a *Agent, p *Place) []Target {
	command := quoteJSON(p.command("codex", true, true))
	hook := fmt.Sprintf(`{"matcher":".*","hooks":[{"type":"command","command":%s,"timeout":%d}]}`, command, Limit)
	hooks := Target{Path: a.hooks(p, ""), Parts: []Part{entry(hook, "hooks", "PreToolUse")}}
	config := Target{
		Path: a.hooks(p, "config.toml"),
		Tables: fmt.Sprintf("%s\nmatcher = \".*\"\n\n%shooks]]\ntype = \"command\"\ncommand = %s\ntimeout = %d\n",
			groupHeader, groupPart, command, Limit),
	}
	if config.holdsHooks(hooks.Path) {
		hooks.Unused = true
		return []Target{config, hooks}
	}
	config.Unused = true
	return []Target{hooks, config}
}

// holdsHooks reports whether restrain's hook belongs into a TOML file, and not
// into the other one.
func (t *Target) holdsHooks(other string) bool {
	text, there, err := readFile(t.Path)
	if err != nil || !there {
		return false // Plan says why
	}
	doc, err := decodeTOML(string(text))
	if err != nil {
		return false
	}
	if slices.ContainsFunc(hookGroups(doc), isOurGroup) {
		return true
	}
	_, otherThere, err := readFile(other)
	_, noPlace := t.With(text)
	return hasEvents(doc) && !otherThere && err == nil && noPlace == nil
}

// decodeTOML reads a TOML file. A JSON string that restrain writes is a TOML
// basic string as well (TOML 1.0, section string).
func decodeTOML(text string) (map[string]any, error) {
	if tooDeep(text) {
		return nil, fmt.Errorf("it is nested more than %d deep", maxDepth)
	}
	doc := map[string]any{}
	if _, err := toml.Decode(strings.TrimPrefix(text, byteOrderMark), &doc); err != nil {
		return nil, fmt.Errorf("it is not TOML: %w", err)
	}
	return doc, nil
}

// tablesIn are the tables of a list, however it is written.
func tablesIn(value any) []map[string]any {
	if tables, ok := value.([]map[string]any); ok {
		return tables
	}
	var tables []map[string]any
	if list, ok := value.([]any); ok {
		for _, each := range list {
			if table, ok := each.(map[string]any); ok {
				tables = append(tables, table)
			}
		}
	}
	return tables
}

// hookGroups are the groups of the event that comes before a tool is used.
func hookGroups(doc map[string]any) []map[string]any {
	hooks, _ := doc["hooks"].(map[string]any)
	return tablesIn(hooks["PreToolUse"])
}

// hasEvents reports hooks, which the trust in hooks is not.
func hasEvents(doc map[string]any) bool {
	hooks, _ := doc["hooks"].(map[string]any)
	for name, value := range hooks {
		if len(tablesIn(value)) > 0 && name != "state" {
			return true
		}
	}
	return false
}

// isOurGroup reports a group whose commands all are restrain's hook.
func isOurGroup(group map[string]any) bool {
	hooks := tablesIn(group["hooks"])
	for _, hook := range hooks {
		if command, _ := hook["command"].(string); !IsHook(command) {
			return false
		}
	}
	return len(hooks) > 0
}

// withTables is With for a TOML file: restrain's tables stand behind all else.
func (t *Target) withTables(text string) (string, error) {
	doc, err := decodeTOML(text)
	if err != nil {
		return "", err
	}
	want, err := decodeTOML(t.Tables)
	if err != nil {
		return "", err
	}
	ours := slices.DeleteFunc(slices.Clone(hookGroups(doc)), func(g map[string]any) bool { return !isOurGroup(g) })
	if reflect.DeepEqual(ours, hookGroups(want)) {
		return text, nil
	}
	without, err := withoutGroups(text)
	if err != nil {
		return "", err
	}
	after := appendTables(without, t.Tables)
	got, err := decodeTOML(after)
	if err != nil {
		return "", errors.New("its hooks are written in a way that has no place for another")
	}
	before, err := decodeTOML(without)
	if err != nil {
		return "", err
	}
	if len(hookGroups(got)) != len(hookGroups(before))+1 || !sameElse(before, got) {
		return "", errors.New("restrain's hook cannot be put behind what it has")
	}
	return after, nil
}

// withoutGroups cuts restrain's groups out of a TOML file. All else stays, byte
// for byte, and means what it meant.
func withoutGroups(text string) (string, error) {
	before, err := decodeTOML(text)
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(hookGroups(before), isOurGroup) {
		return text, nil
	}
	lines := strings.SplitAfter(text, "\n")
	var kept []string
	for i := 0; i < len(lines); {
		end := groupEnd(lines, i)
		if group, err := decodeTOML(strings.Join(lines[i:end], "")); end == i || err != nil || !slices.ContainsFunc(hookGroups(group), isOurGroup) {
			end = max(end, i+1)
			kept = append(kept, lines[i:end]...)
		} else if last := len(kept) - 1; last >= 0 && strings.TrimSpace(kept[last]) == "" {
			kept = kept[:last] // the empty line that appendTables puts before it
		}
		i = end
	}
	left := strings.Join(kept, "")
	after, err := decodeTOML(left)
	if err != nil || slices.ContainsFunc(hookGroups(after), isOurGroup) || !sameElse(before, after) {
		return "", errors.New("restrain's hook stands in it in a way that cannot be cut out")
	}
	return left, nil
}

// groupEnd gives where a group that begins at a line ends: behind its last
// setting. It is the line itself where no group begins.
func groupEnd(lines []string, from int) int {
	if tableHeader(lines[from]) != groupHeader {
		return from
	}
	end := from + 1
	for i := from + 1; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if strings.HasPrefix(line, "[") && !strings.HasPrefix(tableHeader(line), groupPart) {
			break
		}
		if line != "" && line[0] != '#' {
			end = i + 1
		}
	}
	return end
}

// tableHeader is a line without its comment and the white space in it.
func tableHeader(line string) string {
	line, _, _ = strings.Cut(line, "#")
	return strings.Join(strings.Fields(line), "")
}

// sameElse reports whether two files mean the same but for restrain's hook.
func sameElse(a, b map[string]any) bool {
	return reflect.DeepEqual(withoutOurs(a), withoutOurs(b))
}

func withoutOurs(doc map[string]any) map[string]any {
	groups := slices.DeleteFunc(slices.Clone(hookGroups(doc)), isOurGroup)
	hooks, ok := doc["hooks"].(map[string]any)
	if !ok {
		return doc
	}
	left := map[string]any{}
	for name, value := range hooks {
		if name != "PreToolUse" {
			left[name] = value
		}
	}
	if len(groups) > 0 {
		left["PreToolUse"] = groups
	}
	rest := map[string]any{}
	for name, value := range doc {
		if name != "hooks" {
			rest[name] = value
		}
	}
	if len(left) > 0 {
		rest["hooks"] = left
	}
	return rest
}

// appendTables adds tables behind everything else, with an empty line between.
func appendTables(text, tables string) string {
	newline := "\n"
	if before, _, ok := strings.Cut(text, "\n"); ok && strings.HasSuffix(before, "\r") {
		newline = "\r\n"
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += newline
	}
	if text != "" {
		text += newline
	}
	return text + strings.ReplaceAll(tables, "\n", newline)
}

// tableGuards are the guards of a TOML file.
func (a *Agent) tableGuards(t *Target, text string) ([]Guard, error) {
	doc, err := decodeTOML(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	var guards []Guard
	for _, group := range hookGroups(doc) {
		matcher, _ := group["matcher"].(string)
		for _, hook := range tablesIn(group["hooks"]) {
			command, _ := hook["command"].(string)
			if !IsHook(command) {
				continue
			}
			seconds, _ := hook["timeout"].(int64)
			guards = together(guards, Guard{
				File: t.Path, Command: command, Timeout: time.Duration(seconds) * time.Second, Asked: askedTimeout(command),
				Open: !strings.HasSuffix(command, "exit 2"), Misses: a.excluded(matcher), Only: only(matcher),
			})
		}
	}
	return guards, nil
}
