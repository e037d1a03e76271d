package transcript

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// values walks through JSON that need not have one value a line: a document
// with a long array in it, or values one after another. It keeps one element at
// a time, and knows the line it is on.
type values struct {
	in       *input
	b        *builder
	dec      *json.Decoder
	source   *budgeted
	expected string
}

func (in *input) values(b *builder, expected string) *values {
	source := &budgeted{r: in.r, left: maxLine, line: 1}
	return &values{in: in, b: b, dec: json.NewDecoder(source), source: source, expected: expected}
}

// each calls f with every value of the stream; of a value that is an array,
// with its elements, and of an object that has an array under one of the keys,
// with the elements of that. More holds the other scalars of such an object. The
// last of several values may be unfinished, when an agent is at work: it is noted.
func (v *values) each(under []string, more func(key string, value json.RawMessage), f func(element json.RawMessage) error) error {
	for finished := 0; ; finished++ {
		if err := v.skipTo(); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		token, err := v.token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('['):
			err = v.array(f)
		case json.Delim('{'):
			err = v.object(under, more, f)
		default:
			err = v.wrong("it is "+scalar(token)+", and neither an object nor an array", nil)
		}
		var wrong *Error
		if finished > 0 && errors.As(err, &wrong) && errors.Is(wrong.Cause, io.ErrUnexpectedEOF) {
			v.b.Notes = append(v.b.Notes, fmt.Sprintf("line %d, the last, is unfinished and was not read", wrong.Line))
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// scalar names the kind of a token of JSON.
func scalar(token json.Token) string {
	switch token.(type) {
	case string:
		return "a string"
	case bool:
		return "true or false"
	case nil:
		return "null"
	}
	return "a number"
}

// skipTo finds out whether another value follows.
func (v *values) skipTo() error {
	if v.dec.More() {
		return nil
	}
	if _, err := v.dec.Token(); err != io.EOF {
		return v.wrong("it is no JSON", err)
	}
	return io.EOF
}

func (v *values) array(f func(json.RawMessage) error) error {
	for v.dec.More() {
		element, err := v.next()
		if err != nil {
			return err
		}
		if err := v.in.at(v.line(), v.expected, f(element)); err != nil {
			return err
		}
	}
	_, err := v.token()
	return err
}

// object reads an object key by key. When it has none of the keys it is an
// element itself: one value of a stream of them.
func (v *values) object(under []string, more func(string, json.RawMessage), f func(json.RawMessage) error) error {
	whole := map[string]json.RawMessage{}
	held, found := 0, false
	for v.dec.More() {
		token, err := v.token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // a key always is
		if isIn(under, key) {
			if found, err = true, v.under(f); err != nil {
				return err
			}
			continue
		}
		value, err := v.next()
		if err != nil {
			return err
		}
		if more != nil {
			more(key, value)
		}
		if held += len(value); !found && held <= maxLine {
			whole[key] = value
		}
	}
	if _, err := v.token(); err != nil || found {
		return err
	}
	element, err := json.Marshal(whole)
	if err != nil {
		return v.wrong("it is no JSON", err)
	}
	return v.in.at(v.line(), v.expected, f(element))
}

// under reads the value of a key: the elements of an array.
func (v *values) under(f func(json.RawMessage) error) error {
	token, err := v.token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		return v.array(f)
	case nil:
		return nil
	}
	return v.wrong("it is no array", nil)
}

// next reads one value whole.
func (v *values) next() (json.RawMessage, error) {
	v.source.left = maxLine
	var value json.RawMessage
	if err := v.dec.Decode(&value); err != nil {
		return nil, v.wrong("it is no JSON", err)
	}
	return value, nil
}

func (v *values) token() (json.Token, error) {
	v.source.left = maxLine
	token, err := v.dec.Token()
	if err != nil {
		return nil, v.wrong("it is no JSON", err)
	}
	return token, nil
}

func (v *values) wrong(problem string, cause error) error {
	if errors.Is(cause, io.EOF) {
		cause = io.ErrUnexpectedEOF
	}
	return v.in.wrong(v.line(), problem, cause, v.expected)
}

// line is the number of the line that the decoder has come to.
func (v *values) line() int { return v.source.lineAt(v.dec.InputOffset()) }

func isIn(list []string, word string) bool {
	for _, have := range list {
		if have == word {
			return true
		}
	}
	return false
}

// A budgeted reader gives at most left bytes, so that no element is read that
// is too large, and remembers where the lines end that were not yet counted.
type budgeted struct {
	r    io.Reader
	left int
	read int64
	ends []int64 // offsets behind newlines, of those not counted in line
	line int
}

func (b *budgeted) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("one value is longer than %d MiB", maxLine>>20)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	for i, c := range p[:n] {
		if c == '\n' {
			b.ends = append(b.ends, b.read+int64(i)+1)
		}
	}
	b.read += int64(n)
	b.forget()
	return n, err
}

// maxEnds bounds the line ends that are remembered; in a file with more of
// them in one element, the lines that errors name are too early.
const maxEnds = 1 << 20

func (b *budgeted) forget() {
	if len(b.ends) > maxEnds {
		b.line += len(b.ends) / 2
		b.ends = b.ends[:copy(b.ends, b.ends[len(b.ends)/2:])]
	}
}

// lineAt counts the lines that end before an offset, which never goes back.
func (b *budgeted) lineAt(offset int64) int {
	n := 0
	for n < len(b.ends) && b.ends[n] <= offset {
		n++
	}
	b.line += n
	b.ends = b.ends[:copy(b.ends, b.ends[n:])]
	return b.line
}
