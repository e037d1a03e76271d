package hook

import (
	"encoding/json"
	"path/filepath"
	"strings"
)

// maxSettings bounds the settings that one edit of git's configuration makes.
const maxSettings = 64

// gitSettings notes what an edit sets in git's configuration, as git config would:
// some settings are programs that git starts.
func (e *Event) gitSettings(input object) {
	paths, err := e.paths(input)
	if err != nil || len(paths) == 0 {
		return
	}
	file := filepath.ToSlash(paths[0])
	if !strings.HasSuffix(file, ".git/config") && !strings.HasSuffix(file, "/.gitconfig") && !strings.HasSuffix(file, "/git/config") && file != ".gitconfig" {
		return
	}
	texts := map[string]bool{}
	for name, raw := range input {
		if name != "old_string" && name != "oldString" && name != "old_str" {
			var value any
			if json.Unmarshal(raw, &value) == nil {
				newTexts(value, texts, 0)
			}
		}
	}
	n := 0
	for text := range texts {
		section := "core"
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if head, ok := strings.CutPrefix(line, "["); ok {
				name, _, _ := strings.Cut(head, "]")
				section = strings.ReplaceAll(strings.ReplaceAll(name, ` "`, "."), `"`, "")
				continue
			}
			if key, value, ok := strings.Cut(line, "="); ok && n < maxSettings {
				n++
				e.Commands = append(e.Commands, []string{"git", "config", section + "." + strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)})
			}
		}
	}
}

// newTexts collects the texts of several lines, or with a setting, that an edit brings.
func newTexts(value any, texts map[string]bool, depth int) {
	if depth > maxShapeDepth || len(texts) > maxSettings {
		return
	}
	switch v := value.(type) {
	case string:
		if strings.Contains(v, "=") && len(v) <= maxShapeText {
			texts[v] = true
		}
	case []any:
		for _, item := range v {
			newTexts(item, texts, depth+1)
		}
	case map[string]any:
		for name, item := range v {
			if !strings.HasPrefix(strings.ToLower(name), "old") {
				newTexts(item, texts, depth+1)
			}
		}
	}
}
