package trust

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"restrain/classify"
)

// Lessons are kept as counts beside the shipped baseline and blended when they
// are read: they outlive a new baseline, and a change of the file can do no
// more than Learn could.
const (
	lessonsHeader  = "restrain lessons 1"
	lessonsComment = "# What ordinary steps of this project do, in whole steps. Made by restrain learn; remove it with restrain learn --revert.\n"
)

// maxLessons bounds the text of lessons, in bytes.
const maxLessons = 256 << 10

func (a lessonCount) compare(b lessonCount) int { return cmp.Compare(a.class, b.class) }

func (a lessonPair) compare(b lessonPair) int {
	return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
}

// Encode writes the lessons as text, the same bytes for the same lessons.
func (l *Lessons) Encode() []byte {
	out := []byte(lessonsHeader + "\n" + lessonsComment)
	out = fmt.Appendf(out, "project %s\nsessions %d\nsteps %d\n", strconv.Quote(l.Project), l.Sessions, l.Steps)
	for _, c := range l.counts {
		out = fmt.Appendf(out, "class %s %d\n", c.class, c.steps)
	}
	for _, p := range l.follows {
		from := p.from
		if from == "" {
			from = startName
		}
		out = fmt.Appendf(out, "after %s %s %d\n", from, p.to, p.steps)
	}
	for _, k := range l.approved {
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
	if l.Steps == 0 && len(l.approved) == 0 || l.Project == "" {
		return nil, errors.New("lessons: steps or project are missing")
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
	case "steps":
		l.Steps = s.count()
	case "class":
		l.counts = append(l.counts, lessonCount{classify.Class(s.word()), s.count()})
	case "after":
		from, to := classify.Class(s.word()), classify.Class(s.word())
		if from == startName {
			from = ""
		}
		l.follows = append(l.follows, lessonPair{from, to, s.count()})
	case "approved":
		var kind [kindParts]string
		for i := range kind {
			kind[i] = string(s.word())
		}
		l.approved = append(l.approved, LearnedKind{strings.Join(kind[:], " "), s.count()})
	default:
		return fmt.Errorf("unknown record %q", key)
	}
	return s.end(key)
}
