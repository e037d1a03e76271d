package prompt

import "strings"

// Caps is what a terminal can do.
type Caps struct {
	Width, Height int  // in columns and rows; 0 is unknown, taken as 80 and 24
	Color         bool // it may be coloured
	Unicode       bool // it shows UTF-8
	Dumb          bool // it knows no escape sequences: nothing can be erased
}

// CapsOf reads a terminal's capabilities from its size and the environment:
// NO_COLOR, TERM, and LC_ALL, LC_CTYPE and LANG in this order.
func CapsOf(width, height int, env func(string) string) Caps {
	term := env("TERM")
	dumb := term == "" || term == "dumb"
	return Caps{
		Width: width, Height: height,
		Color:   !dumb && env("NO_COLOR") == "",
		Unicode: utf8Locale(env),
		Dumb:    dumb,
	}
}

func utf8Locale(env func(string) string) bool {
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

func (c Caps) withDefaults() Caps {
	if c.Width <= 0 {
		c.Width = 80
	}
	if c.Height <= 0 {
		c.Height = 24
	}
	return c
}
