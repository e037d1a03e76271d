package setup

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// This file is about Codex's trust in hooks. Codex skips a hook without a word
// until its hash stands in config.toml, and only Codex knows how that is made:
// it is asked, by the JSON-RPC that its app-server speaks (hooks/list).

// A CodexHook is a hook as Codex sees it.
type CodexHook struct {
	Key     string `json:"key"`         // names it in config.toml
	Hash    string `json:"currentHash"` // of what it runs now
	Trust   string `json:"trustStatus"` // "trusted" when Codex will run it
	Command string `json:"command"`
	Enabled *bool  `json:"enabled"`
}

// InForce reports whether Codex runs the hook.
func (h *CodexHook) InForce() bool {
	return h.Trust == "trusted" && (h.Enabled == nil || *h.Enabled)
}

// maxReply bounds a line from Codex, in bytes.
const maxReply = 4 << 20

// CodexHooks asks the program codex which of restrain's hooks it has for a
// directory. The context bounds the time.
func CodexHooks(ctx context.Context, codex, dir string) ([]CodexHook, error) {
	cmd := exec.CommandContext(ctx, codex, "app-server")
	cmd.Dir = dir
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("codex app-server: %w; check that codex runs", err)
	}
	defer func() {
		stdin.Close()
		_ = cmd.Process.Kill() // it serves until it is told to stop
		_ = cmd.Wait()
	}()
	answer, err := talk(stdin, stdout, dir)
	if err != nil {
		return nil, fmt.Errorf("codex app-server: %w; trust the hook by hand with /hooks in Codex", err)
	}
	var hooks []CodexHook
	for _, each := range answer.Data {
		for _, hook := range each.Hooks {
			if IsHook(hook.Command) {
				hooks = append(hooks, hook)
			}
		}
	}
	return hooks, nil
}

type hooksList struct {
	Data []struct {
		Hooks []CodexHook `json:"hooks"`
	} `json:"data"`
}

// talk holds the three lines of conversation.
func talk(to io.Writer, from io.Reader, dir string) (*hooksList, error) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, maxReply)
	call := func(id int, method string, params, result any) error {
		text, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": method, "params": params})
		if err != nil {
			return err
		}
		if _, err := to.Write(append(text, '\n')); err != nil {
			return err
		}
		for lines.Scan() {
			var reply struct {
				ID     *int            `json:"id"`
				Result json.RawMessage `json:"result"`
				Error  *struct{ Message string }
			}
			if json.Unmarshal(lines.Bytes(), &reply) != nil || reply.ID == nil || *reply.ID != id {
				continue // a notification
			}
			if reply.Error != nil {
				return fmt.Errorf("%s: %s", method, reply.Error.Message)
			}
			return json.Unmarshal(reply.Result, result)
		}
		return errors.Join(fmt.Errorf("%s: no answer", method), lines.Err())
	}
	var ignored json.RawMessage
	client := map[string]any{"clientInfo": map[string]string{"name": "restrain", "title": "restrain", "version": "1"}}
	if err := call(1, "initialize", client, &ignored); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(to, `{"jsonrpc":"2.0","method":"initialized"}`+"\n"); err != nil {
		return nil, err
	}
	var list hooksList
	return &list, call(2, "hooks/list", map[string]any{"cwds": []string{dir}}, &list)
}

// CodexConfig is where Codex keeps which hooks are trusted.
func (p *Place) CodexConfig() string {
	if dir := p.Getenv("CODEX_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "config.toml")
	}
	return filepath.Join(p.Home, ".codex", "config.toml")
}

// PlanTrust works out the change of config.toml by which Codex trusts hooks, or
// with remove forgets them.
func PlanTrust(path string, hooks []CodexHook, remove bool) (*Change, error) {
	path, err := behindLinks(path)
	if err != nil {
		return nil, err
	}
	c := &Change{Path: path}
	if c.Before, c.Existed, err = readFile(path); err != nil {
		return nil, err
	}
	text := string(c.Before)
	if doc, err := decodeTOML(text); err == nil {
		c.again = slices.ContainsFunc(hookGroups(doc), isOurGroup)
	}
	for i := range hooks {
		without := withoutTable(text, hooks[i].table())
		c.again = c.again || without != text
		text = without
		if !remove {
			text = appendTables(text, hooks[i].table()+"\ntrusted_hash = "+quoteJSON(hooks[i].Hash)+"\n")
		}
	}
	c.After, c.undoes = []byte(text), remove
	c.Removes = remove && c.Existed && text == ""
	return c, nil
}

// table is the header of the hook's table.
func (h *CodexHook) table() string { return "[hooks.state." + quoteJSON(h.Key) + "]" }

// withoutTable cuts a table out, with the empty line that appendTables puts before
// it. Comments and all other tables stay.
func withoutTable(text, header string) string {
	lines := strings.SplitAfter(text, "\n")
	for i, line := range lines {
		if strings.TrimSpace(line) != header {
			continue
		}
		end := i + 1
		for end < len(lines) && isSetting(lines[end]) {
			end++
		}
		if i > 0 && strings.TrimSpace(lines[i-1]) == "" {
			i--
		}
		return strings.Join(lines[:i], "") + strings.Join(lines[end:], "")
	}
	return text
}

// isSetting reports a line of those that the table of a hook has.
func isSetting(line string) bool {
	name, _, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	return ok && (name == "trusted_hash" || name == "enabled")
}

// Undo puts back what was there before Apply.
func (c *Change) Undo() error {
	if !c.Existed {
		return os.Remove(c.Path)
	}
	return c.write(c.Path, c.Before)
}
