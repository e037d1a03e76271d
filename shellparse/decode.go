package shellparse

import (
	"encoding/base64"
	"encoding/hex"
	"restrain/code"
	"slices"
	"strings"
)

// filtered is what the filters that hide text in plain sight make of it:
// base64, xxd, rev, tr, gzip.
func filtered(c *Command, in string) (out string, ok bool) {
	switch c.Name {
	case "base64", "gbase64":
		return baseFilter(c, in)
	case "openssl":
		if !anyArg(c, "base64", "-base64", "-a") {
			return "", false
		}
		return baseFilter(c, in)
	case "xxd":
		return hexFilter(c, in)
	case "rev":
		return mapLines(in, func(s string) string {
			r := []rune(s)
			slices.Reverse(r)
			return string(r)
		}), true
	case "tr":
		return translate(c, in)
	case "gunzip", "zcat", "gzip":
		if c.Name == "gzip" && !anyArg(c, "-d", "-dc", "-cd", "--decompress") {
			return "", false
		}
		return unpack([]byte(in))
	case "less", "more":
		return in, true
	}
	return lineFilter(c, in)
}

func anyArg(c *Command, names ...string) bool {
	return slices.ContainsFunc(c.Argv, func(w Word) bool { return slices.Contains(names, w.Text) })
}

// fileArgs reports operands other than -, which name files to read instead of
// standard input.
func fileArgs(c *Command) bool {
	args := operands(c.Argv[1:])
	return len(args) > 0 && args[0].Text != "-"
}

func baseFilter(c *Command, in string) (out string, ok bool) {
	decode := anyArg(c, "-d", "-D", "--decode", "-di", "-id")
	if c.Name != "openssl" && fileArgs(c) {
		return "", false
	}
	if !decode {
		return base64.StdEncoding.EncodeToString([]byte(in)) + "\n", true
	}
	text := strings.Join(strings.Fields(in), "")
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	return string(raw), err == nil || len(raw) > 0
}

func hexFilter(c *Command, in string) (out string, ok bool) {
	reverse, plain := false, false
	for _, w := range c.Argv[1:] {
		if strings.HasPrefix(w.Text, "-") {
			reverse = reverse || strings.Contains(w.Text, "r")
			plain = plain || strings.Contains(w.Text, "p")
		}
	}
	if !plain || fileArgs(c) {
		return "", false
	}
	if !reverse {
		return hex.EncodeToString([]byte(in)) + "\n", true
	}
	raw, err := hex.DecodeString(strings.Join(strings.Fields(in), ""))
	return string(raw), err == nil || len(raw) > 0
}

// translate folds tr SET1 SET2 and tr -d SET.
func translate(c *Command, in string) (out string, ok bool) {
	args := operands(c.Argv[1:])
	flags := ""
	for _, w := range c.Argv[1 : len(c.Argv)-len(args)] {
		flags += strings.TrimLeft(w.Text, "-")
	}
	if len(args) == 0 || !args[0].Known() {
		return "", false
	}
	from := trSet(args[0].Text)
	switch flags {
	case "d", "cd", "dc":
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(from, r) == (flags == "d") {
				return -1
			}
			return r
		}, in), true
	}
	if flags != "" || len(args) < 2 || !args[1].Known() {
		return "", false
	}
	to := []rune(trSet(args[1].Text))
	source := []rune(from)
	if len(to) == 0 {
		return "", false
	}
	return strings.Map(func(r rune) rune {
		// The last of two entries for a character counts.
		for i := len(source) - 1; i >= 0; i-- {
			if source[i] == r {
				return to[min(i, len(to)-1)]
			}
		}
		return r
	}, in), true
}

// trSet spells out the ranges and classes of a tr set.
func trSet(s string) string {
	s, _ = code.Unescape(s, code.EscapePrintf)
	switch s {
	case "[:upper:]":
		s = "A-Z"
	case "[:lower:]":
		s = "a-z"
	case "[:digit:]":
		s = "0-9"
	case "[:space:]":
		return " \t\n\v\f\r"
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if i+2 < len(s) && s[i+1] == '-' && s[i] <= s[i+2] && s[i+2] < 0x80 {
			for ch := s[i]; ch <= s[i+2]; ch++ {
				b.WriteByte(ch)
			}
			i += 2
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
