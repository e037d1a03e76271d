package classify

import (
	"fmt"
	"strings"
)

// A list of strings may be written as a text, which is how people read it:
//
//	name  = "kubectl oc k"
//	globs = "~/.aws/{config,credentials}"
//	match = '''
//	wrangler {d1,queues} delete x
//	fly apps destroy shop'''
//
// Braces in a text are alternatives, as in bash: a word with them is several
// words, and a line is several lines. A line of it that begins with "# " is a
// comment. In an array each string is as it stands.

// Words are a list whose text has white space between its elements.
type Words []string

// UnmarshalTOML reads an array of strings, or a text.
func (w *Words) UnmarshalTOML(value any) error {
	return readList((*[]string)(w), value, strings.Fields)
}

// Lines are a list whose text has one element a line, such as the examples of a rule.
type Lines []string

// UnmarshalTOML reads an array of strings, or a text.
func (l *Lines) UnmarshalTOML(value any) error {
	return readList((*[]string)(l), value, func(line string) []string { return []string{line} })
}

// readList reads what may be a text of whose lines split makes elements.
func readList(list *[]string, value any, split func(string) []string) error {
	*list = []string{}
	switch value := value.(type) {
	case string:
		for line := range strings.Lines(value) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "# ") {
				continue
			}
			for _, element := range split(line) {
				*list = spell(*list, "", element)
			}
		}
		if len(*list) > maxSpelled {
			return fmt.Errorf("comes to more than %d with its alternatives written out; write fewer of them", maxSpelled)
		}
		return nil
	case []any:
		for _, element := range value {
			one, is := element.(string)
			if !is {
				return fmt.Errorf("incompatible types: TOML value has type %T; destination has type string", element)
			}
			*list = append(*list, one)
		}
		return nil
	}
	return fmt.Errorf("incompatible types: TOML value has type %T; destination has type slice", value)
}

// maxSpelled is how many elements a text may come to.
const maxSpelled = 10_000

// spell adds what an element comes to when its alternatives are written out:
// before{a,b}after is two. What has no comma or has a blank is none.
func spell(list []string, before, element string) []string {
	for at := 0; at < len(element) && len(list) <= maxSpelled; at++ {
		if element[at] != '{' || at > 0 && element[at-1] == '$' {
			continue
		}
		inside, after, closed := strings.Cut(element[at+1:], "}")
		if !closed || !strings.Contains(inside, ",") || strings.ContainsAny(inside, " \t{\"'") {
			continue
		}
		for one := range strings.SplitSeq(inside, ",") {
			list = spell(list, before+element[:at]+one, after)
		}
		return list
	}
	if len(list) > maxSpelled {
		return list
	}
	return append(list, before+element)
}
