package classify

import (
	"path/filepath"
	"slices"
	"strings"

	"restrain/shellparse"
)

// This file tells which settings of git run programs, in a configuration that a
// command writes by whatever means: what goes in is looked at, not how.

const (
	// maxGitTexts bounds the files that are looked at for what goes in, and
	// maxGitText what is read of each.
	maxGitTexts = 8
	maxGitText  = 64 << 10
)

// setsPrograms reports that the line may have a configuration of git's name a
// program: it says so, a file that it takes from does, or nobody can tell.
func (r *reader) setsPrograms() bool {
	files := 0
	for i := range r.script.Commands {
		c := &r.script.Commands[i]
		text := commandTexts(c)
		if runsPrograms(text) || i == r.n && strings.Contains(text, hole) {
			return true
		}
		for _, name := range r.takenFrom(c) {
			for _, path := range [...]string{name, name + "/config"} { // a directory is moved with what it has
				if files == maxGitTexts {
					return false
				}
				data, err := r.ctx.ReadFile(path, maxGitText)
				if err != nil {
					continue
				}
				files++
				if runsPrograms(string(data)) {
					return true
				}
			}
		}
	}
	return false
}

// takenFrom are the files that a command may take a text from: its words, and what it
// reads from. A link's target is meant from where the link is.
func (r *reader) takenFrom(c *shellparse.Command) (list []string) {
	if c.Host != "" {
		return nil
	}
	words := slices.Clone(c.Argv[min(1, len(c.Argv)):])
	for i := range c.Redirs {
		if c.Redirs[i].Op == shellparse.RedirRead {
			words = append(words, c.Redirs[i].Target)
		}
	}
	for i := range words {
		name := words[i].Text
		if name == "" || name[0] == '-' || len(name) > maxPath || strings.ContainsAny(name, "\n"+hole) {
			continue
		}
		list = append(list, absolute(c.Dir.Text, name))
		if last := words[len(words)-1].Text; c.Name == "ln" && name[0] != '/' {
			list = append(list, absolute(c.Dir.Text, filepath.Join(filepath.Dir(last), name)))
		}
	}
	return list
}

// commandTexts is all that a command says, one word a line.
func commandTexts(c *shellparse.Command) string {
	var b strings.Builder
	add := func(text string) { b.WriteString(text); b.WriteByte('\n') }
	for i := range c.Argv {
		add(c.Argv[i].Text)
	}
	for i := range c.Redirs {
		add(c.Redirs[i].Target.Text)
	}
	if c.Stdin != nil {
		add(c.Stdin.Text)
	}
	for i := range c.Snippets {
		add(c.Snippets[i].Text.Text)
	}
	return b.String()
}

// runsPrograms reports settings of git that run a program, in the text of a
// configuration or of what writes one, where line ends may be written as \n.
func runsPrograms(text string) bool {
	text = strings.NewReplacer(`\n`, "\n", `\t`, "\t", `\[`, "[", `\]`, "]", `\"`, `"`).Replace(text)
	section := ""
	for line := range strings.SplitSeq(text, "\n") {
		if open := strings.LastIndexByte(line, '['); open >= 0 {
			if name, rest, ok := strings.Cut(line[open+1:], "]"); ok {
				name, _, _ = strings.Cut(strings.ToLower(name), " ")
				section, _, _ = strings.Cut(strings.TrimSpace(name), ".")
				line = rest
			}
		}
		before, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		before = strings.TrimRight(before, " \t")
		key := strings.ToLower(before[strings.LastIndexFunc(before, func(c rune) bool { return !isSettingName(c) })+1:])
		in := section
		if table, name, dotted := strings.Cut(key, "."); dotted {
			in, key = table, name[strings.LastIndexByte(name, '.')+1:]
		}
		if settingRuns(in, key, strings.Trim(value, " \t\r\"'/;)")) {
			return true
		}
	}
	return false
}

func isSettingName(c rune) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '.'
}

// settingRuns reports a setting by which git runs what its value says. Names that
// only git has count wherever they stand; a section is empty where it is not known.
func settingRuns(section, key, value string) bool {
	switch strings.ToLower(value) {
	case "", "true", "false", "yes", "no", "on", "off", "0", "1", "dev/null":
		return false
	}
	first, _, _ := strings.Cut(value, " ")
	plain := !strings.ContainsAny(value, ";|&`$<>")
	switch key {
	case "fsmonitor", "hookspath", "askpass", "gitproxy", "textconv", "packobjectshook", "difffilter", "templatedir":
		return true
	case "sshcommand":
		return first != "ssh" || !plain || strings.Contains(value, "Command")
	case "clean", "smudge", "process":
		return section == "filter" && !(plain && strings.HasPrefix(value, "git-lfs ")) || section == "" && key == "smudge"
	case "pager", "editor":
		return (section == "" || section == "core" || section == "sequence") && !(plain && contains(ordinaryTools, first))
	case "helper":
		return section == "credential" && (!plain || strings.ContainsAny(value, "!/ "))
	case "driver", "command", "program", "external", "cmd", "vcs", "uploadpack", "receivepack":
		switch section {
		case "merge", "diff", "gpg", "difftool", "mergetool", "browser", "man", "trailer", "remote", "guitool", "web", "instaweb":
			return true
		}
	case "path":
		return section == "include" || section == "includeif"
	}
	return section == "pager" && !(plain && contains(ordinaryTools, first)) || (section == "alias" || section == "") && value[0] == '!'
}

// ordinaryTools are pagers and editors that people use.
var ordinaryTools = []string{"less", "more", "cat", "most", "bat", "delta", "diff-so-fancy", "vi", "vim", "nvim", "nano", "emacs", "micro", "hx", "code", "subl"}
