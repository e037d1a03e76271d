package trust

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Lessons are kept beside the shipped baseline and outlive a new one.
const (
	lessonsHeader  = "restrain lessons 2"
	lessonsComment = "# What a human let happen in this project: rule, class, kind of thing, whose, in how many sessions. Made by restrain learn; remove it with restrain learn --revert.\n"
)

// maxLessons bounds the text of lessons, in bytes.
const maxLessons = 256 << 10

// Encode writes the lessons as text, the same bytes for the same lessons.
func (l *Lessons) Encode() []byte {
	out := []byte(lessonsHeader + "\n" + lessonsComment)
	out = fmt.Appendf(out, "project %s\nsessions %d\n", strconv.Quote(l.Project), l.Sessions)
	for _, k := range l.Approved {
		out = fmt.Appendf(out, "approved %s %d\n", k.Kind, k.Sessions)
	}
	return out
}

// ParseLessons reads lessons that Encode wrote. Errors name the line.
func ParseLessons(text []byte) (*Lessons, error) {
	if len(text) > maxLessons {
		return nil, fmt.Errorf("lessons have %d bytes, more than %d", len(text), maxLessons)
	}
	l := new(Lessons)
	for number := 1; len(text) > 0; number++ {
		var record []byte
		record, text, _ = bytes.Cut(text, []byte("\n"))
		if err := l.line(number, record); err != nil {
			return nil, fmt.Errorf("lessons: line %d: %w", number, err)
		}
	}
	if len(l.Approved) == 0 || l.Project == "" {
		return nil, errors.New("lessons: what was approved, or the project, is missing")
	}
	return l, nil
}

func (l *Lessons) line(number int, record []byte) error {
	if number == 1 {
		if string(record) != lessonsHeader {
			return fmt.Errorf("is not %q", lessonsHeader)
		}
		return nil
	}
	if len(record) == 0 || record[0] == '#' {
		return nil
	}
	key, rest, _ := bytes.Cut(record, []byte(" "))
	s := fields{rest: rest}
	switch string(key) {
	case "project":
		project, err := strconv.Unquote(string(rest))
		if err != nil {
			return fmt.Errorf("project: %w", err)
		}
		l.Project, s.rest = project, nil
	case "sessions":
		l.Sessions = s.count()
	case "approved":
		var kind [kindParts]string
		for i := range kind {
			kind[i] = string(s.word())
		}
		l.Approved = append(l.Approved, LearnedKind{strings.Join(kind[:], " "), s.count()})
	default:
		return fmt.Errorf("unknown record %q", key)
	}
	return s.end(key)
}
