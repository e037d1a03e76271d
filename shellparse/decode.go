package shellparse

import (
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
)

// filtered is what filters make of constant text: those that decode and unpack,
// and those that pick and rewrite lines. What others make of it is unknown.
func filtered(c *Command, in string) (out string, ok bool) {
	switch c.Name {
	case "base64", "gbase64", "base32":
		return baseFilter(c, in)
	case "openssl":
		if !anyArg(c, "base64", "-base64", "-a") {
			return "", false
		}
		return baseFilter(c, in)
	case "xxd":
		return hexFilter(c, in)
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
		if c.Name == "base32" {
			return base32.StdEncoding.EncodeToString([]byte(in)) + "\n", true
		}
		return base64.StdEncoding.EncodeToString([]byte(in)) + "\n", true
	}
	text := strings.Join(strings.Fields(in), "")
	var raw []byte
	var err error
	if c.Name == "base32" {
		raw, err = base32.StdEncoding.DecodeString(text)
	} else {
		raw, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	}
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
