package classify

import "strings"

// listed gives the directory all of whose entries the code goes through; where
// it picks some by a pattern, the pattern, and where it picks them otherwise, one for
// any of them.
func (c *codeReader) listed() (dir, pattern string) {
	picks := false
	defer func() {
		if picks && dir != "" {
			dir, pattern = "", strings.TrimRight(dir, "/")+"/*"
		}
	}()
	for i := range c.tokens {
		if !c.isName(i) {
			continue
		}
		switch c.tokens[i].Text {
		case "if":
			picks = picks || !c.asksKind(i)
		case "endswith", "endsWith", "end_with", "startswith", "startsWith", "start_with":
			picks = picks || !c.picks(i)
		case "suffix", "filter", "unless", "slice", "drop", "grep", "select", "reject":
			picks = true
		case "files": // R's list.files
			if text, ok := c.firstArg(i); ok && c.punct(i-1, ".") && c.isName(i-2) && c.tokens[i-2].Text == "list" && !strings.Contains(text, hole) {
				dir = text
			}
		case "listdir", "scandir", "walk", "readdirSync", "readdir", "children", "each_child", "ReadDir", "dir_ls":
			if text, ok := c.firstArg(i); ok && !strings.Contains(text, hole) {
				dir = text
			}
		case "find", "finddepth": // File::Find
			if c.lang == "perl" && c.punct(i+1, "(") && c.match[i+1] > 0 {
				if args := c.arguments(i+2, c.match[i+1]); len(args) > 1 {
					dir = c.text(args[1])
				}
			}
		case "iterdir": // Path("x").iterdir()
			if c.punct(i-1, ".") && c.punct(i-2, ")") {
				if base := c.text(c.receiver(i)); !strings.Contains(base, hole) {
					dir = base
				}
			}
		case "glob", "rglob", "iglob":
			var ok bool
			if pattern, ok = c.firstArg(i); !ok {
				continue
			}
			if c.punct(i-1, ".") && c.punct(i-2, ")") { // Path("x").rglob("*")
				if base := c.text(c.receiver(i)); base != "" && !strings.Contains(base, hole) {
					pattern = strings.TrimSuffix(base, "/") + "/" + pattern
				}
			}
			switch dir = everythingOf(pattern); {
			case dir == "" && (c.tokens[i].Text == "rglob" || strings.Contains(pattern, "**")):
				return "", "" // at any depth
			case dir == "":
				return "", pattern
			}
		case "Dir": // Ruby's Dir["*"]
			if c.punct(i+1, "[") && c.isString(i+2) {
				pattern = c.tokens[i+2].Text
				return everythingOf(pattern), pattern
			}
		}
	}
	if dir != "" && c.pattern != "" {
		return dir, strings.TrimRight(dir, "/") + "/" + c.pattern
	}
	return dir, ""
}

// picks notes the pattern of a test of names, and reports whether it is the only
// one: d.startsWith("res") picks res*.
func (c *codeReader) picks(i int) bool {
	at := c.separator(i)
	for at > 0 && c.isName(at-1) {
		at--
	}
	negated := c.punct(at-1, "!") || c.isName(at-1) && c.tokens[at-1].Text == "not"
	text, ok := c.firstArg(i)
	if negated || !ok || c.pattern != "" || text == "" || strings.Contains(text, hole) {
		return false
	}
	if c.pattern = text + "*"; strings.HasPrefix(c.tokens[i].Text, "end") {
		c.pattern = "*" + text
	}
	return true
}

// everythingOf gives the directory all of whose entries a pattern picks; of the
// home and the root any pattern picks too much.
func everythingOf(pattern string) string {
	dir, rest, _ := strings.Cut(pattern, "*")
	switch {
	case dir == "/":
		return dir
	case dir == "~/":
		return "~"
	case strings.Trim(rest, "*/.") != "" || dir != "" && dir[len(dir)-1] != '/' || strings.Contains(dir, hole) || !strings.Contains(pattern, "*"):
		return ""
	case dir == "":
		return "."
	}
	return strings.TrimRight(dir, "/")
}

// firstArg gives the text of the first argument of the call at i.
func (c *codeReader) firstArg(i int) (string, bool) {
	if (c.lang == "perl" || c.lang == "ruby") && c.isString(i+1) {
		return c.tokens[i+1].Text, true
	}
	if !c.punct(i+1, "(") || c.match[i+1] <= i+2 {
		return "", false
	}
	end := min(c.match[i+1], len(c.tokens))
	return c.text(span{i + 2, c.argEnd(i+2, end)}), true
}

// chainStart gives where the chain of calls begins that the name at i goes on:
// a("x").b.c().
func (c *codeReader) chainStart(i int) int {
	const maxSteps = 32
	for range maxSteps {
		before := c.separator(i)
		switch {
		case before == i:
			return i
		case c.isName(before - 1):
			i = before - 1
		case c.punct(before-1, ")") || c.punct(before-1, "]"):
			open := c.match[before-1]
			for c.punct(open-1, ")") && c.match[open-1] > 0 { // require("stripe")(key)
				open = c.match[open-1]
			}
			if open == 0 || !c.isName(open-1) {
				return i
			}
			i = open - 1
		default:
			return i
		}
	}
	return i
}

// receiver is what the method at i is called on, behind a closing bracket.
func (c *codeReader) receiver(i int) span {
	if open := c.match[i-2]; open > 0 && (!c.isName(open-1) || c.tokens[open-1].Text == "in") { // for p in ("a" / "b").glob("*")
		return span{open + 1, i - 2}
	}
	return span{c.chainStart(i), i - 1}
}

// asksKind reports an if that only tells files from directories: it picks no
// names.
func (c *codeReader) asksKind(i int) bool {
	const maxAhead = 8
	for j := i + 1; j < len(c.tokens) && j < i+maxAhead; j++ {
		if c.lang == "perl" && c.punct(j, "-") && c.isName(j+1) && len(c.tokens[j+1].Text) == 1 {
			return true // -f
		}
		if c.isName(j) {
			switch c.tokens[j].Text {
			case "startswith", "startsWith", "start_with", "endswith", "endsWith", "end_with": // which are read as names
				return true
			case "is_file", "is_dir", "isfile", "isdir", "exists", "isFile", "isDirectory", "is_symlink", "islink":
				return true
			}
		}
	}
	return false
}
