package classify

import (
	"path/filepath"
	"strings"
	"time"
)

// installedFor is how long a script has lain in its place before it counts as
// installed there, where who asks could have written it.
const installedFor = 24 * time.Hour

// Installed reports a script that the system, a package manager or a tool
// brought: it lies where they put programs, links followed, and neither is it
// the user's to write nor has it changed for a day. Such a script is judged as
// a program, by its name and arguments, and what it does when it does it.
func Installed(path, home string) bool {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return false
	}
	system := belowAny(real, "/bin", "/sbin", "/usr", "/opt", "/lib", "/lib64", "/nix", "/snap")
	if !system && !ofTool(real, home) {
		return false
	}
	if system && !writable(real) && !writable(filepath.Dir(real)) {
		return true
	}
	file, err := statFile(real)
	latest := time.Unix(file.status.sec, 0)
	if file.born.After(latest) {
		latest = file.born
	}
	return err == nil && file.exact && time.Since(latest) > installedFor
}

// ofTool reports a file below a directory that package managers of languages
// and of their versions keep: ~/.pyenv, node_modules, a virtual environment.
func ofTool(path, home string) bool {
	if home != "" && strings.HasPrefix(path, home+"/.") {
		dir, _, _ := strings.Cut(path[len(home)+2:], "/")
		switch dir {
		case "pyenv", "rbenv", "nodenv", "asdf", "nvm", "volta", "fnm", "sdkman", "cargo", "rustup", "npm", "npm-global", "bun", "deno", "yarn", "gem", "rvm", "goenv", "jenv", "tfenv":
			return true
		}
		if strings.HasPrefix(path, home+"/.local/share/") {
			return true
		}
	}
	for _, dir := range [...]string{"/node_modules/", "/site-packages/", "/.venv/bin/", "/venv/bin/"} {
		if strings.Contains(path, dir) {
			return true
		}
	}
	return false
}

func belowAny(path string, dirs ...string) bool {
	for _, dir := range dirs {
		if path != dir && isBelow(path, dir) {
			return true
		}
	}
	return false
}
