package classify

import "strings"

// A keyPlace is where a key of a TOML file stands.
type keyPlace struct {
	table string // "rule", "rule.file"
	index int    // of the innermost array of tables, from 0
	key   string
	// Byte offsets: of the key, and of the value up to its end.
	at, valueAt, valueEnd int
}

// findKeys finds where the keys of a TOML text stand. The text has been parsed
// before, so it is well-formed.
func findKeys(text string) []keyPlace {
	var keys []keyPlace
	counts := map[string]int{}
	table, array, index := "", "", 0
	for at := 0; at < len(text); {
		at = skipBlank(text, at)
		if at == len(text) {
			break
		}
		end := lineEnd(text, at)
		if text[at] == '[' {
			header := strings.TrimSpace(text[at:end])
			header, _, _ = strings.Cut(header, "#")
			header = strings.TrimSpace(header)
			table = strings.Trim(header, "[] \t")
			switch {
			case strings.HasPrefix(header, "[["):
				array, index = table, counts[table]
				counts[table]++
			case !strings.HasPrefix(table, array+"."):
				array, index = table, 0
			}
			keys = append(keys, keyPlace{table: table, index: index, at: at, valueAt: at, valueEnd: at + len(header)})
			at = end
			continue
		}
		equals := strings.IndexByte(text[at:end], '=')
		if equals < 0 {
			at = end
			continue
		}
		key := strings.Trim(text[at:at+equals], " \t\"'")
		value := at + equals + 1
		for value < len(text) && (text[value] == ' ' || text[value] == '\t') {
			value++
		}
		stop := valueEnd(text, value)
		keys = append(keys, keyPlace{table, index, key, at, value, stop})
		at = lineEnd(text, stop)
	}
	return keys
}

// skipBlank passes over white space and comments.
func skipBlank(text string, at int) int {
	for at < len(text) {
		switch text[at] {
		case ' ', '\t', '\r', '\n':
			at++
		case '#':
			at = lineEnd(text, at)
		default:
			return at
		}
	}
	return at
}

func lineEnd(text string, at int) int {
	if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(text)
}

// valueEnd finds the end of a value, which may go over several lines.
func valueEnd(text string, at int) int {
	depth := 0
	for at < len(text) {
		switch c := text[at]; c {
		case '"', '\'':
			at = stringEnd(text, at)
			if depth == 0 {
				return at
			}
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
			if depth == 0 {
				return at + 1
			}
		case '#':
			if depth == 0 {
				return at
			}
			at = lineEnd(text, at)
			continue
		case '\n', ' ', '\t':
			if depth == 0 {
				return at
			}
		}
		at++
	}
	return at
}

// stringEnd finds the end of a string of any of TOML's four kinds.
func stringEnd(text string, at int) int {
	quote := text[at : at+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text[at:], triple) {
		quote = triple
	}
	escapes := quote[0] == '"'
	for at += len(quote); at < len(text); at++ {
		switch {
		case escapes && text[at] == '\\':
			at++
		case strings.HasPrefix(text[at:], quote):
			return at + len(quote)
		}
	}
	return len(text)
}
