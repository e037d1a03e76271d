package classify

import "strings"

// listed gives the directory all of whose entries the code goes through; "" when
// it picks some of them.
func (c *codeReader) listed() string {
	dir := ""
	for i := range c.tokens {
		if !c.isName(i) {
			continue
		}
		switch c.tokens[i].Text {
		case "if":
			if !c.asksKind(i) {
				return ""
			}
		case "endswith", "startswith", "suffix", "filter", "end_with", "unless":
			return ""
		case "listdir", "scandir", "walk", "readdirSync", "readdir":
			if c.punct(i+1, "(") && c.isString(i+2) {
				dir = c.tokens[i+2].Text
			}
		case "glob", "rglob", "iglob":
			if !c.punct(i+1, "(") || !c.isString(i+2) {
				continue
			}
			pattern := c.tokens[i+2].Text
			if !strings.HasSuffix(pattern, "*") {
				return ""
			}
			dir = strings.TrimRight(pattern, "*/")
			if dir == "" && c.punct(i-2, ")") && c.isString(i-3) {
				dir = c.tokens[i-3].Text // Path("x").rglob("*")
			}
			if dir == "" && c.punct(i-2, ")") && c.punct(i-3, "(") && c.isName(i-4) && c.tokens[i-4].Text == "home" {
				dir = "~" // Path.home().rglob("*")
			}
			if strings.Contains(dir, "*") {
				return ""
			}
			if dir == "" {
				dir = "."
			}
		}
	}
	return dir
}

// asksKind reports an if that only tells files from directories: it picks no
// names.
func (c *codeReader) asksKind(i int) bool {
	const maxAhead = 8
	for j := i + 1; j < len(c.tokens) && j < i+maxAhead; j++ {
		if c.isName(j) {
			switch c.tokens[j].Text {
			case "is_file", "is_dir", "isfile", "isdir", "exists", "isFile", "isDirectory", "is_symlink", "islink":
				return true
			}
		}
	}
	return false
}
