package classify

import (
	"path"
	"strings"

	"restrain/shellparse"
)

// maxPath is the longest path that a kernel takes, in bytes (PATH_MAX).
const maxPath = 4096

// locate works out a fact's path, once, and its place where that follows from
// what is unknown.
func (r *reader) locate(f *fileFact) {
	if f.located {
		return
	}
	f.located = true
	text := f.text
	if dir, ok := cutContents(text); ok {
		f.contents = true
		text = dir
	}
	if name := userOf(text); name != "" {
		text = "/home/" + text[1:]
	}
	text = r.there(text)
	base, unknown := r.dir, r.dirUnknown
	switch {
	case len(text) > maxPath:
		f.path, f.where = hole, PlaceUnknown
		return
	case text == "~" || strings.HasPrefix(text, "~/") || strings.HasPrefix(text, "/") || hasDrive(text):
		base, unknown = "", nil
	case strings.HasPrefix(text, hole):
		if base = knownPrefix(f.unknown, r.dir); base == "" {
			f.path = text
			f.where = unknownPlace(f, text)
			return
		}
		text, unknown = "."+text[len(hole):], nil
	}
	full := text
	if base != "" {
		full = base + "/" + text
	}
	escapes := strings.Contains(full, hole) && strings.Contains(full, "..")
	f.path = path.Clean(full)
	f.below, f.inHome = r.belowHome(f.path)
	switch {
	case escapes:
		f.where = PlaceUnknown
	case strings.HasPrefix(f.path, hole):
		f.unknown = unknown
		switch {
		case knownPrefix(unknown, r.dir) == tempMark:
			f.where = PlaceTmp
		case f.path == hole && (f.contents || text == ".") && mayBeEmpty(unknown):
			f.where = PlaceUnknownRoot // cd $X; rm -rf *
		default:
			f.where = PlaceUnknown
		}
	}
}

// userOf gives the user whose home ~name is.
func userOf(text string) string {
	if len(text) < 2 || text[0] != '~' {
		return ""
	}
	name, _, _ := strings.Cut(text[1:], "/")
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" || name[0] < 'a' {
		return ""
	}
	return name
}

// hasDrive reports an absolute path of Windows: C:, C:/Users.
func hasDrive(p string) bool {
	return len(p) >= 2 && p[1] == ':' && 'a' <= lower(p[0]) && lower(p[0]) <= 'z' && (len(p) == 2 || p[2] == '/')
}

// cutContents takes the final pattern off dir/* and says that it was there.
func cutContents(text string) (dir string, ok bool) {
	for _, all := range [...]string{"/*", "/.*", "/**", "/{*,.*}", "/.[!.]*", "/**/*"} {
		if dir, ok = strings.CutSuffix(text, all); ok {
			if dir == "" {
				dir = "/"
			}
			return dir, true
		}
	}
	switch text {
	case "*", ".*", "**", ".[!.]*", "**/*":
		return ".", true
	}
	return text, false
}

// tempMark stands for a temporary directory whose name is not known.
const tempMark = "/tmp/" + hole

// knownPrefix gives a path to stand for an unknown beginning whose kind is
// plain from what it depends on: the home, a temporary directory, the working
// directory dir.
func knownPrefix(unknown []string, dir string) string {
	if len(unknown) == 0 {
		return ""
	}
	switch u := unknown[0]; {
	case u == "~" || u == "$HOME" || u == "${HOME}" || strings.HasPrefix(u, "${HOME%/"):
		return "~"
	case strings.HasPrefix(u, "$(getent passwd"), strings.HasPrefix(u, "$(eval echo ~"):
		return "~"
	case strings.HasPrefix(u, "$(dirname ") && strings.Contains(u, "HOME"):
		return "/home"
	case strings.HasPrefix(u, "$XDG_") || strings.HasPrefix(u, "${XDG_"):
		return baseDirectory(strings.TrimLeft(u, "${"))
	case strings.HasPrefix(u, "$(mktemp") || strings.HasPrefix(u, "`mktemp"),
		strings.HasPrefix(u, "$TMP") || strings.HasPrefix(u, "${TMP"),
		u == "$TEMP" || u == "${TEMP}", u == "$RUNNER_TEMP":
		return tempMark
	case u == "$PWD" || u == "${PWD}" || u == "$(pwd)" || u == "`pwd`",
		u == "$(git rev-parse --show-toplevel)":
		if dir == "" {
			return "."
		}
		return dir
	}
	return ""
}

// baseDirectory gives what a variable of the XDG base directory specification
// holds when nobody has set it.
func baseDirectory(variable string) string {
	for _, dir := range [...][2]string{
		{"XDG_CONFIG_HOME", "~/.config"}, {"XDG_STATE_HOME", "~/.local/state"}, {"XDG_DATA_HOME", "~/.local/share"}, {"XDG_CACHE_HOME", "~/.cache"},
	} {
		if strings.HasPrefix(variable, dir[0]) {
			return dir[1]
		}
	}
	return ""
}

// unknownPlace tells a path that may be anywhere from one that is the root
// when its variable happens to be empty.
func unknownPlace(f *fileFact, text string) Place {
	rest := strings.TrimLeft(text[len(hole):], "/")
	guarded := len(f.unknown) > 0 && (strings.Contains(f.unknown[0], ":?") || strings.Contains(f.unknown[0], ":-") && !strings.Contains(f.unknown[0], ":-}"))
	if rest == "" && !guarded && (f.contents || strings.HasSuffix(text, "/")) {
		return PlaceUnknownRoot
	}
	return PlaceUnknown
}

// mayBeEmpty reports a value that hangs on a variable, which nothing makes sure
// is set: with an empty one cd goes home, or stays where it is.
func mayBeEmpty(unknown []string) bool {
	return len(unknown) > 0 && unknown[0][0] == '$' && !strings.HasPrefix(unknown[0], "$(") && !strings.Contains(unknown[0], ":?") && !strings.Contains(unknown[0], ":-")
}

// hangsOnValue reports a value of a variable or of a command, which nothing makes sure
// is more than nothing.
func hangsOnValue(unknown []string) bool {
	return mayBeEmpty(unknown) || len(unknown) > 0 && strings.HasPrefix(unknown[0], "$(") && !strings.HasPrefix(unknown[0], "$(mktemp")
}

// belowHome gives the part of a path below a home directory.
func (r *reader) belowHome(p string) (below string, ok bool) {
	if home := r.surroundings().home; home != "" {
		if rest, ok := strings.CutPrefix(p, home); ok && (rest == "" || rest[0] == '/') {
			return rest, true
		}
	}
	if p != "" && p[0] == '~' {
		if slash := strings.IndexByte(p, '/'); slash > 0 {
			return p[slash:], true
		}
		return "", true
	}
	homes := p
	if hasDrive(p) { // C:/Users/bo
		homes = p[2:]
	}
	for _, parent := range [...]string{"/home/", "/Users/"} {
		if rest, ok := strings.CutPrefix(homes, parent); ok {
			if slash := strings.IndexByte(rest, '/'); slash >= 0 {
				return rest[slash:], true
			}
			return "", true
		}
	}
	if rest, ok := strings.CutPrefix(p, "/root"); ok && (rest == "" || rest[0] == '/') {
		return rest, true
	}
	return "", false
}

// enterDir works out the directory that a command runs in.
func (r *reader) enterDir(dir shellparse.Word) {
	r.dirUnknown = nil
	text := dir.Text
	switch {
	case text == "":
		r.dir = r.ctxDir
	case strings.HasPrefix(text, hole):
		if known := knownPrefix(dir.Unknown, r.ctxDir); known != "" {
			r.dir = path.Clean(known + "/" + text[len(hole):])
			return
		}
		r.dir, r.dirUnknown = text, dir.Unknown
	case text[0] == '/' || text[0] == '~' || r.ctxDir == "":
		r.dir = path.Clean(text)
	default:
		r.dir = path.Join(r.ctxDir, text)
	}
}
