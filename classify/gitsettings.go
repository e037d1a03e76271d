package classify

import (
	"slices"
	"strconv"
	"strings"
)

// maxGitSettings bounds the settings that the environment gives to git.
const maxGitSettings = 64

// readGitSettings reads settings that git has from its environment as what they are:
// options of its command line, behind which the line's own count.
func (r *reader) readGitSettings() {
	if r.cmd.Name != "git" || len(r.args.words) == 0 {
		return
	}
	var settings []flag
	add := func(setting string) { settings = append(settings, flag{name: "-c", value: setting, valued: true}) }
	variable := func(name string) (string, bool) { return variableOf(r.ctx, r.script, r.n, name) }
	if count, ok := variable("GIT_CONFIG_COUNT"); ok {
		n, err := strconv.Atoi(count)
		if err != nil {
			n = maxGitSettings // a count that nobody knows
		}
		for i := range min(n, maxGitSettings) {
			number := strconv.Itoa(i)
			key, ok := variable("GIT_CONFIG_KEY_" + number)
			if !ok {
				break
			}
			value, _ := variable("GIT_CONFIG_VALUE_" + number)
			add(key + "=" + value)
		}
	}
	if list, ok := variable("GIT_CONFIG_PARAMETERS"); ok { // 'NAME=VALUE' 'NAME'='VALUE'
		for one := range strings.SplitSeq(strings.ReplaceAll(list, "'='", "="), "' '") {
			if len(settings) < maxGitSettings {
				add(strings.Trim(one, "' "))
			}
		}
	}
	for i := range r.args.flags {
		if f := &r.args.flags[i]; f.name == "--config-env" {
			key, name, _ := strings.Cut(f.value, "=")
			value, ok := variable(name)
			if !ok {
				value = hole
			}
			add(key + "=" + value)
		}
	}
	for _, name := range [...]string{"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"} {
		if file, ok := variable(name); ok && r.fileRunsPrograms(file) {
			add("include.path=" + file)
		}
	}
	r.args.flags = slices.Insert(r.args.flags, 0, settings...)
	r.spellSettings()
}

// settingNames are the parts of names of settings that are written with capitals, as
// git's manual and the rules have them; git takes any case.
var settingNames = [...]string{"hooksPath", "sshCommand", "gitProxy", "askPass", "insteadOf", "pushInsteadOf", "sslVerify", "packObjectsHook", "templateDir",
	"includeIf", "denyNonFastForwards", "denyDeletes", "fsckObjects"}

// spellSettings writes the setting that git config names as the rules have it: its
// section and its own name are the same in any case, what is between is not.
func (r *reader) spellSettings() {
	if r.args.operand(0) != "config" {
		return
	}
	for _, at := range r.args.operands[1:] {
		key := r.args.words[at].Text
		first, last := strings.IndexByte(key, '.'), strings.LastIndexByte(key, '.')
		if first <= 0 || strings.ContainsAny(key[:first], "/ ") {
			continue
		}
		spelled := spelledSetting(key[:first]) + key[first:last+1] + spelledSetting(key[last+1:])
		if spelled != key {
			r.args.words = slices.Clone(r.args.words)
			r.args.words[at].Text = spelled
		}
		return
	}
}

func spelledSetting(part string) string {
	for _, name := range settingNames {
		if strings.EqualFold(name, part) {
			return name
		}
	}
	return strings.ToLower(part)
}

// fileRunsPrograms reports a configuration that has git run programs, as it is or as
// the line writes it.
func (r *reader) fileRunsPrograms(path string) bool {
	for i := range r.script.Commands[:r.n] {
		if runsPrograms(commandTexts(&r.script.Commands[i])) {
			return true
		}
	}
	data, err := r.ctx.ReadFile(path, maxGitText)
	return err == nil && runsPrograms(string(data))
}
