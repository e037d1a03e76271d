package code

import (
	"path"
	"slices"
	"strings"
)

// This file folds the expressions that give the home directory, and the paths
// that are put together from constants: os.path.join(os.environ["HOME"], "x")
// is "~/x".

// namesHome reports the names that an expression of the home directory has.
func namesHome(name string) bool {
	switch name {
	case "HOME", "USERPROFILE", "home", "homedir":
		return true
	}
	return false
}

// changesDirectory reports the calls after which the working directory is another.
func changesDirectory(t Token) bool { return t.Kind == TokenName && t.Text == "chdir" }

// homeVariable reports the variables that hold the home directory.
func homeVariable(name string) bool { return name == "HOME" || name == "USERPROFILE" }

// isEnvironment reports the names of the environment in code.
func isEnvironment(name string) bool {
	switch name {
	case "environ", "ENV", "$ENV", "$_ENV", "$_SERVER", "env", "ENVIRON":
		return true
	}
	return false
}

// homeMember gives where process.env.HOME or Dir.home starts that ends the stack.
func (f *tokenFolder) homeMember(next string) (start int, ok bool) {
	n := len(f.out)
	if n < 3 || next == "(" || !f.punct(n-2, ".") || !namesHome(f.out[n-1].Text) {
		return 0, false
	}
	owner := f.name(n - 3)
	if !(homeVariable(f.out[n-1].Text) && isEnvironment(owner)) && !(owner == "Dir" && f.out[n-1].Text == "home") {
		return 0, false
	}
	return f.chain(n - 3), true
}

// chain gives where the path of names begins whose last one is at i.
func (f *tokenFolder) chain(i int) int {
	for f.punct(i-1, ".") && f.name(i-2) != "" {
		i -= 2
	}
	return i
}

// index folds os.environ["HOME"] and $ENV{HOME}, and writes a member that is
// called by its text as a member: fs["rmSync"](…).
func (f *tokenFolder) index(next string) bool {
	n := len(f.out)
	open := n - 3
	if f.lang == "ruby" && f.punct(open, ":") {
		open--
	}
	if f.lang == "perl" && n > 6 && f.punct(open, "{") && f.punct(open-1, ">") && f.punct(open-2, "-") { // $x->{y}
		f.out = append(f.out[:open-2], f.out[open:]...)
		return f.index(next)
	}
	if n > 4 && (f.punct(open-1, "}") || f.punct(open-1, "]")) && (f.punct(open, "[") || f.lang == "perl") {
		return f.element(open)
	}
	if n < 4 || !f.punct(open, "[") && !f.punct(open, "{") || f.out[n-2].Kind == TokenPunct || f.name(open-1) == "" && !f.punct(open-1, ")") {
		return false
	}
	if key := f.out[n-2].Text; homeVariable(key) && isEnvironment(f.name(open-1)) {
		return f.replace(f.chain(open-1), "~")
	} else if next == "(" && f.str(n-2) && isIdentifier(key) && f.punct(open, "[") {
		f.out[open].Text = "."
		f.out[open+1].Kind = TokenName
		f.out = f.out[:open+2]
		return true
	}
	return false
}

// pathCall folds a call that gives the home directory or puts a path together;
// start is where the call's path of names begins.
func (f *tokenFolder) pathCall(start int, name string, args []Token, next string) bool {
	owner := ""
	if at := len(f.out) - len(args) - 3; f.punct(at-1, ".") {
		owner = f.name(at - 2)
	}
	joins := next != "." || f.lang == "php" || f.lang == "perl"
	if wrapsText(name) {
		return len(args) == 1 && f.isStr(args[0]) && joins && f.replace(start, args[0].Text)
	}
	switch name {
	case "homedir":
		return len(args) == 0 && f.replace(start, "~")
	case "getcwd", "cwd", "pwd":
		here := owner == "os" || owner == "process" || owner == "Dir" || owner == "Path" || owner == "Deno" || owner == "" && f.lang == "php"
		return here && len(args) == 0 && joins && !f.moves && f.replace(start, ".")
	case "home":
		return len(args) == 0 && f.name(start) == "Path" && next != "." && f.replace(start, "~")
	case "getenv", "get", "fetch", "fetch_env", "getProperty", "Getenv", "get_env", "env", "GetEnvironmentVariable":
		if len(args) == 0 || args[0].Kind != TokenString || !homeVariable(args[0].Text) && args[0].Text != "user.home" {
			return false
		}
		if (name == "get" || name == "fetch") && !isEnvironment(owner) {
			return false
		}
		return f.replace(start, "~")
	case "expanduser", "expandvars", "expand_path", "ExpandEnv", "expand-file-name", "expand":
		if len(args) == 0 || args[0].Kind != TokenString || slices.ContainsFunc(args[1:], func(t Token) bool { return t.Depth <= args[0].Depth }) {
			return false
		}
		text := args[0].Text
		for _, variable := range [...]string{"$HOME", "${HOME}"} {
			if rest, ok := strings.CutPrefix(text, variable); ok && (rest == "" || rest[0] == '/') {
				text = "~" + rest
			}
		}
		if name == "expand" && text[:min(1, len(text))] != "~" {
			return false
		}
		if strings.ContainsRune(text, Hole) { // its values stay behind it
			args[0].Text = text
			f.out = append(f.out[:start], args...)
			return true
		}
		return f.replace(start, text)
	case "join", "Join", "joinpath":
		switch {
		case owner != "path" && owner != "File" && owner != "filepath" && owner != "Path" && owner != "posixpath":
			return false
		}
		return f.joined(start, args, "/")
	case "dirname", "fileURLToPath", "realpath", "abspath", "resolve":
		if len(args) != 1 || !f.isStr(args[0]) || name != "fileURLToPath" && owner != "path" {
			return false
		}
		if name == "dirname" {
			return f.replace(start, path.Dir(args[0].Text))
		}
		return f.replace(start, args[0].Text)
	}
	return false
}
