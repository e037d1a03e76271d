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
		case "if", "endswith", "startswith", "suffix", "filter", "end_with", "unless":
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
