package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Form says how secrets stand in output of which nobody knows the values before
// it is printed. What is withheld then is rather too much than too little.
type Form uint8

// The forms, from the least that is withheld to the most.
const (
	noForm Form = iota
	// Diff is the changes of files, as git prints them.
	Diff
	// Tokens are words that look like one, and lines that are one word.
	Tokens
	// Content is a file's, which is read as it would be from disk.
	Content
	// Fields are names with values, in lines, in JSON or in a diff: the names stay.
	Fields
	// All of it is secret.
	All
)

// FormOf gives the form of a name.
func FormOf(name string) (Form, bool) {
	form, ok := map[string]Form{"diff": Diff, "tokens": Tokens, "content": Content, "fields": Fields, "all": All}[name]
	return form, ok
}

// Printed stands for what a program prints in a form; path is the file whose
// content it is, if it is one's.
func Printed(by string, form Form, path string) Value {
	return Value{Name: "output of " + by, Origin: Origin{Path: path}, form: form}
}

// Unseen reports a value that stands for what is printed in some form.
func (v Value) Unseen() bool { return v.form != noForm }

// maxFormed bounds what of an output is held back to be read as a whole, and
// maxFormedLine a line of it, in bytes. What is longer is withheld.
const (
	maxFormed     = 1 << 20
	maxFormedLine = 64 << 10
)

// A formed writer withholds what is secret by its form. It passes on whole lines,
// or all of it at the end.
type formed struct {
	w     io.Writer
	value Value
	held  []byte
	lost  int // the characters that were withheld as a whole
	times int
	diff  *differ // of the form Diff
}

// strictest gives a writer for the strictest form of the values; nil for none.
func strictest(w io.Writer, values []Value) *formed {
	var f *formed
	for _, v := range values {
		if v.form != noForm && (f == nil || v.form > f.value.form) {
			f = &formed{w: w, value: v}
			if v.form == Diff {
				f.diff = &differ{f: f}
			}
		}
	}
	return f
}

func (f *formed) Write(p []byte) (int, error) {
	if f.diff != nil {
		return f.diff.Write(p)
	}
	if f.value.form == All {
		f.lost += characters(p)
		return len(p), nil
	}
	f.held = append(f.held, p...)
	if f.value.form != Tokens {
		if len(f.held) > maxFormed {
			f.lost, f.held, f.value.form = characters(f.held), nil, All
		}
		return len(p), nil
	}
	end := bytes.LastIndexByte(f.held, '\n') + 1
	if end == 0 && len(f.held) <= maxFormedLine {
		return len(p), nil
	}
	if end == 0 {
		end = len(f.held)
	}
	_, err := io.WriteString(f.w, f.tokens(string(f.held[:end])))
	f.held = append(f.held[:0], f.held[end:]...)
	return len(p), err
}

// characters counts those of a part of a text, wherever it was cut: by their first
// bytes.
func characters(p []byte) (n int) {
	for _, b := range p {
		if utf8.RuneStart(b) {
			n++
		}
	}
	return n
}

// close passes on what is left.
func (f *formed) close() error {
	if f.diff != nil {
		return f.diff.close()
	}
	text := string(f.held)
	f.held = nil
	switch {
	case f.value.form == All && f.lost > 0:
		f.times++
		_, err := fmt.Fprintf(f.w, "‹%s: withheld by restrain, %d characters›\n", shownName(f.value.Name), f.lost)
		return err
	case text == "":
		return nil
	case f.value.form == Content:
		return f.content(text)
	case f.value.form == Fields:
		text = f.fields(text)
	default:
		text = f.tokens(text)
	}
	_, err := io.WriteString(f.w, text)
	return err
}

// content masks a text as the file that it is.
func (f *formed) content(text string) error {
	m := NewMasker(f.w, Parse(f.value.Origin.Path, []byte(text)))
	_, _ = m.Write([]byte(text)) // its error comes again
	for i := range m.marks {
		f.times += m.marks[i].withheld
	}
	return m.Close()
}

// mark is what stands in the place of a text.
func (f *formed) mark(text string) string {
	f.times++
	return fmt.Sprintf("‹%s: withheld by restrain, %d characters›", shownName(f.value.Name), utf8.RuneCountInString(text))
}

// tokens withholds the words that look like a token.
func (f *formed) tokens(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if word := strings.TrimSpace(line); !strings.ContainsAny(word, " \t") && wholeToken(word) {
			line = strings.Replace(line, word, f.mark(word), 1)
		} else {
			words := slices.DeleteFunc(strings.FieldsFunc(line, betweenTokens), func(word string) bool { return !looksRandom(word) })
			for _, value := range append(Values(line), words...) {
				if len(value) >= minMasked && strings.Contains(line, value) {
					line = strings.ReplaceAll(line, value, f.mark(value))
				}
			}
		}
		b.WriteString(line)
	}
	return b.String()
}

func betweenTokens(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`"'=,;:()[]{}<>|`, r)
}

// wholeToken reports a word that would be a token or a password where it is all
// that a line has.
func wholeToken(word string) bool {
	const short, long = 8, 20
	return len(word) >= long || len(word) >= short && strings.ContainsAny(word, "0123456789")
}

// looksRandom reports a word of letters and digits that nobody would write: no
// path, no name of several words.
func looksRandom(word string) bool {
	const least = 20
	if len(word) < least || strings.ContainsAny(word, "/\\") && strings.ContainsAny(word, ".-_") || word[0] == '/' {
		return false
	}
	return strings.ContainsAny(word, "0123456789") && strings.IndexFunc(word, unicode.IsLetter) >= 0
}

// fields withholds the values of names.
func (f *formed) fields(text string) string {
	if trimmed := strings.TrimSpace(text); trimmed != "" && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid([]byte(trimmed)) {
		return f.strings(text)
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		start, end := fieldValue(line)
		if start < end {
			line = line[:start] + f.mark(line[start:end]) + line[end:]
		}
		b.WriteString(line)
	}
	return b.String()
}

// fieldValue is where the value of a line stands; nothing where it has none that
// could be secret.
func fieldValue(line string) (start, end int) {
	end = len(strings.TrimRight(line, " \t\r\n"))
	for _, head := range [...]string{"diff --git ", "index ", "--- ", "+++ ", "@@ ", "commit ", "Author: ", "Date: ", "-----", "+-----", " -----"} {
		if strings.HasPrefix(line, head) {
			return 0, 0
		}
	}
	at := -1
	for _, separator := range [...]string{"=", ": ", ":\t", "\t", "  "} {
		from := min(end, len(line)-len(strings.TrimLeft(line, "+- \t")))
		if i := strings.Index(line[from:end], separator); i > 0 && (at < 0 || from+i+len(separator) < at) {
			at = from + i + len(separator)
		}
	}
	if at < 0 { // a line of a block, or a value alone
		at = len(line) - len(strings.TrimLeft(line, "+- \t"))
		if word := line[at:max(at, end)]; strings.ContainsAny(word, " \t") || strings.HasSuffix(word, ":") || !wholeToken(word) {
			return 0, 0
		}
	}
	for at < end && strings.IndexByte(" \t\"'", line[at]) >= 0 {
		at++
	}
	for end > at && strings.IndexByte("\"',", line[end-1]) >= 0 {
		end--
	}
	switch value := line[at:max(at, end)]; {
	case len(value) < minMasked, value == "true", value == "false", value == "null", value == "None",
		len(value) <= len("65535") && strings.Trim(value, "0123456789") == "":
		return 0, 0
	}
	return at, end
}

// strings withholds the texts of a JSON document that are no names.
func (f *formed) strings(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		if text[i] != '"' {
			b.WriteByte(text[i])
			i++
			continue
		}
		end := i + 1
		for end < len(text) && text[end] != '"' {
			if text[end] == '\\' {
				end++
			}
			end++
		}
		word := text[i:min(end+1, len(text))]
		rest := strings.TrimLeft(text[min(end+1, len(text)):], " \t\r\n")
		if !strings.HasPrefix(rest, ":") && len(word) >= minMasked+2 {
			word = `"` + f.mark(word[1:len(word)-1]) + `"`
		}
		b.WriteString(word)
		i = end + 1
	}
	return b.String()
}
