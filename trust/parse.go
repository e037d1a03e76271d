package trust

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"restrain/classify"
)

// maxBaseline bounds a baseline's text; the shipped one has a tenth of it.
const maxBaseline = 256 << 10

// ParseBaseline reads a baseline that Encode wrote. Errors name the line.
func ParseBaseline(text []byte) (*Baseline, error) {
	if len(text) > maxBaseline {
		return nil, fmt.Errorf("baseline has %d bytes, more than %d: fit it again", len(text), maxBaseline)
	}
	p := baselineParser{b: new(Baseline)}
	for line := 1; len(text) > 0; line++ {
		var record []byte
		record, text, _ = bytes.Cut(text, []byte("\n"))
		if err := p.line(line, record); err != nil {
			return nil, fmt.Errorf("baseline: line %d: %w: fit it again", line, err)
		}
	}
	if err := p.finish(); err != nil {
		return nil, fmt.Errorf("baseline: %w: fit it again", err)
	}
	return p.b, nil
}

type baselineParser struct {
	b          *Baseline
	rows       int // of transitions read
	quantiles  int // calibrations read
	modelRead  int
	weighed    int
	classesSet bool // the transitions have begun, so no class may follow
}

func (p *baselineParser) line(number int, record []byte) error {
	if number == 1 {
		if string(record) != fileHeader {
			return fmt.Errorf("is not %q", fileHeader)
		}
		return nil
	}
	if len(record) == 0 || record[0] == '#' {
		return nil
	}
	key, rest, _ := bytes.Cut(record, []byte(" "))
	s := fields{rest: rest}
	b := p.b
	switch string(key) {
	case "persona":
		b.Persona = string(rest)
	case "source":
		b.Source = string(rest)
	case "command":
		b.Command = string(rest)
	case "weight":
		b.weight = s.figure()
	case "model":
		p.model(&s)
	case "repo":
		r := Repository{Steps: s.count(), Sessions: s.count()}
		r.Name = string(s.rest)
		b.Repositories = append(b.Repositories, r)
		s.rest = nil
	case "class":
		p.class(&s)
	case "token":
		p.token(&s)
	case "weigh":
		p.weigh(&s)
	case "after":
		p.after(&s)
	case "quantiles":
		p.calibration(&s)
	default:
		return fmt.Errorf("unknown record %q", key)
	}
	return s.end(key)
}

func (p *baselineParser) model(s *fields) {
	name := string(s.word())
	for _, f := range p.b.Model.fields() {
		if f.name == name {
			*f.value = s.figure()
			p.modelRead++
			return
		}
	}
	s.fail("unknown constant " + strconv.Quote(name))
}

func (p *baselineParser) class(s *fields) {
	b, c := p.b, classify.Class(s.word())
	if n := len(b.classes); p.classesSet || len(b.counts) > 0 || n == maxClasses-1 || n > 0 && b.classes[n-1] >= c {
		s.fail("class " + strconv.Quote(string(c)) + " is out of order")
		return
	}
	b.classes = append(b.classes, c)
	b.steps = append(b.steps, s.count())
	b.presence = append(b.presence, s.figure())
}

func (p *baselineParser) weigh(s *fields) {
	name := string(s.word())
	for r := range Reasons {
		if r.String() == name {
			p.b.Model.Weights[r] = s.signed()
			p.weighed++
			return
		}
	}
	s.fail("unknown reason " + strconv.Quote(name))
}

func (p *baselineParser) token(s *fields) {
	b := p.b
	class := s.count()
	w, known := classify.ParseOwner(string(s.word()))
	from := slices.Index(credentialNames[:], string(s.word()))
	after := slices.Index(circumstanceNames[:], string(s.word()))
	if !known || from < 0 || after < 0 || class >= len(b.classes) {
		s.fail("a facet or a class is not known")
		return
	}
	c := tokenCount{
		uint8(class), facetsOf(w, credential(from), circumstance(after)), s.count(), s.figure(),
	}
	if n := len(b.counts); p.classesSet || n > 0 && b.counts[n-1].compare(c) >= 0 {
		s.fail("the token is out of order")
		return
	}
	b.counts = append(b.counts, c)
}

func (p *baselineParser) after(s *fields) {
	b, n := p.b, len(p.b.classes)
	if !p.classesSet {
		p.classesSet = true
		b.follows = make([]float64, (n+1)*n)
	}
	row := p.rows
	name := s.word()
	if row > n || row < n && string(name) != string(b.classes[row]) || row == n && string(name) != startName {
		s.fail("transitions after " + strconv.Quote(string(name)) + " are out of order")
		return
	}
	for len(s.rest) > 0 && s.err == "" {
		to := s.index()
		if to >= n {
			s.fail("class number out of range")
			return
		}
		b.follows[row*n+to] = s.figure()
	}
	p.rows++
}

func (p *baselineParser) calibration(s *fields) {
	name := string(s.word())
	for _, q := range p.b.calibrations() {
		if q.name != name {
			continue
		}
		for i := range q.values {
			q.values[i] = s.signed()
			if i > 0 && q.values[i] < q.values[i-1] {
				s.fail("values fall")
			}
		}
		p.quantiles++
		return
	}
	s.fail("unknown score " + strconv.Quote(name))
}

func (p *baselineParser) finish() error {
	b := p.b
	switch {
	case len(b.classes) == 0:
		return errors.New("there are no classes")
	case b.weight == 0:
		return errors.New("the steps have no weight")
	case p.rows != len(b.classes)+1:
		return errors.New("transitions are missing")
	case p.quantiles != len(b.calibrations()):
		return errors.New("quantiles are missing")
	case p.weighed != int(Reasons):
		return errors.New("weights are missing")
	case p.modelRead != len(b.Model.fields()) || !b.Model.valid():
		return errors.New("constants of the model are missing or out of range")
	}
	b.smooth()
	return nil
}

// fields reads the words of a record. After a failure it gives zeros.
type fields struct {
	rest []byte
	err  string
}

func (s *fields) fail(why string) {
	if s.err == "" {
		s.err = why
	}
}

// word takes the next word.
func (s *fields) word() []byte {
	word, rest, _ := bytes.Cut(s.rest, []byte(" "))
	s.rest = rest
	return word
}

// count reads a whole number, 0 or more.
func (s *fields) count() int { return int(s.number(' ')) }

// index reads a whole number and the colon behind it.
func (s *fields) index() int { return int(s.number(':')) }

// figure reads a number of millionths, 0 or more; signed may be negative.
func (s *fields) figure() float64 { return float64(s.number(' ')) / scale }

func (s *fields) signed() float64 {
	if len(s.rest) > 0 && s.rest[0] == '-' {
		s.rest = s.rest[1:]
		return -s.figure()
	}
	return s.figure()
}

// number reads digits up to the separator or the end.
func (s *fields) number(separator byte) int64 {
	text := s.rest
	n, i := int64(0), 0
	for i < len(text) && n <= 1<<53 {
		d := text[i] - '0'
		if d > 9 {
			break
		}
		n = n*10 + int64(d)
		i++
	}
	if s.err != "" || i == 0 || i < len(text) && text[i] != separator {
		s.fail("a whole number is expected")
		s.rest = nil
		return 0
	}
	s.rest = text[min(i+1, len(text)):]
	return n
}

func (s *fields) end(key []byte) error {
	if s.err == "" && len(s.rest) > 0 && !isText(key) {
		s.err = "has too many fields"
	}
	if s.err != "" {
		return fmt.Errorf("%s: %s", key, s.err)
	}
	return nil
}

// isText reports the records that are one text to the end of the line.
func isText(key []byte) bool {
	switch string(key) {
	case "persona", "source", "command":
		return true
	}
	return false
}
