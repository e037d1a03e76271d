package secret

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Match finds the known secrets in a text: as they are, in base64, in hex, and
// escaped as in an address or in JSON. They come in the order of the text, and
// none within another.
func (k *Known) Match(text string) []Hit {
	if k == nil || len(text) < window {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.records) == 0 {
		return nil
	}
	var hits []Hit
	tries, filter, shift := maxTried, k.filter, k.shift
	for i := 0; i+window <= len(text); i++ {
		hash := k.hash(windowAt(text, i))
		if bit := hash >> shift; filter[bit/64]&(1<<(bit%64)) != 0 {
			hits = k.at(hits, text, i, hash, &tries)
		}
	}
	if len(hits) < 2 {
		return hits
	}
	slices.SortStableFunc(hits, func(a, b Hit) int {
		if a.Start != b.Start {
			return a.Start - b.Start
		}
		return b.End - a.End
	})
	kept := hits[:1]
	for _, h := range hits[1:] {
		if last := &kept[len(kept)-1]; h.Start >= last.End {
			kept = append(kept, h)
		} else if h.End > last.End {
			last.End = h.End // one overlaps the next: all of both is secret
		}
	}
	return kept
}

// Named gives the known secrets of a name, for a text that has a variable in
// the place of its value.
func (k *Known) Named(name string) []Hit {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	var hits []Hit
	for i := range k.records {
		if r := &k.records[i]; k.names[r.name] == name {
			hits = append(hits, k.hit(r))
		}
	}
	return hits
}

// hit is a record as those see it who look for it.
func (k *Known) hit(r *record) Hit {
	return Hit{Name: k.names[r.name], Origin: Origin{k.origins[r.origin], int(r.line)}, Meeting: k.meetings[r.meeting]}
}

// maxTried bounds the bytes that are compared in one text. A text made to be
// like a secret everywhere is taken for it behind that.
const maxTried = 8 << 20

// at adds the secrets that a window of the text tells.
func (k *Known) at(hits []Hit, text string, i int, hash uint32, tries *int) []Hit {
	for _, t := range k.find(hash) {
		r := &k.records[t.index()]
		first, end, how := i, min(i+int(r.length), len(text)), ""
		if *tries -= int(r.length); *tries > 0 {
			first, end, how = r.locate(k, text, i, t.form())
		}
		if first >= 0 {
			h := k.hit(r)
			h.Start, h.End, h.Form = first, end, how
			hits = append(hits, h)
		}
	}
	return hits
}

// locate tries whether the value stands in the text around a window that may be
// its own, and gives where; -1 when it does not.
func (r *record) locate(k *Known, text string, i int, f form) (first, end int, how string) {
	length := int(r.length)
	switch f {
	case plain, start:
		lead := 0
		if f == plain {
			lead = int(r.anchor)
		}
		if first, end = i-lead, i-lead+length; first >= 0 && end <= len(text) && k.digest(text[first:end]) == r.digest {
			return first, end, ""
		}
		for _, style := range [...]byte{'%', '+', '\\'} {
			if first = unescapedBack(text, i, lead, style); first < 0 {
				continue
			}
			if value, end := unescaped(text, first, length, style); value != "" && k.digest(value) == r.digest {
				return first, end, "escaped"
			}
		}
	case base64At0, base64At1, base64At2:
		lead := int(f - base64At0)
		first = i - [...]int{0, 2, 3}[lead]
		size := (lead + length + 2) / 3 * 4
		if first < 0 {
			return -1, 0, ""
		}
		if value, end := decoded(text, first, size, lead, length); value != "" && k.digest(value) == r.digest {
			return first, end, f.String()
		}
	case hexed:
		if end = i + 2*length; end <= len(text) {
			if value, err := hex.DecodeString(text[i:end]); err == nil && k.digest(string(value)) == r.digest {
				return i, end, f.String()
			}
		}
	}
	return -1, 0, ""
}

// decoded gives length bytes of the base64 text at first, after lead others. The
// text may end without padding.
func decoded(text string, first, size, lead, length int) (value string, end int) {
	end = first
	encoded := make([]byte, 0, size)
	for ; end < len(text) && len(encoded) < size; end++ {
		switch c := text[end]; {
		case isAlphanumeric(text[end:end+1]) || c == '+' || c == '/':
			encoded = append(encoded, c)
		case c == '-':
			encoded = append(encoded, '+')
		case c == '_':
			encoded = append(encoded, '/')
		case c == '\n' || c == '\r': // base64 -w76
		default:
			size = 0
		}
		if size == 0 {
			break
		}
	}
	if n := len(encoded); n%4 == 1 {
		encoded = encoded[:n-1]
	}
	bytes, err := base64.RawStdEncoding.DecodeString(string(encoded))
	if err != nil || len(bytes) < lead+length {
		return "", 0
	}
	for end < len(text) && text[end] == '=' {
		end++
	}
	return string(bytes[lead : lead+length]), end
}

// unescaped gives length bytes from first on, with the escapes of a style undone,
// and where they end: '%' as in a path, '+' as in a query, '\\' as in JSON.
func unescaped(text string, first, length int, style byte) (value string, end int) {
	var b strings.Builder
	for i := first; i < len(text) && b.Len() < length; {
		c, n := escapeAt(text, i, style)
		b.WriteString(c)
		if i += n; b.Len() == length {
			return b.String(), i
		}
	}
	return "", 0
}

// unescapedBack goes back over n bytes of a value, each of which may be escaped.
func unescapedBack(text string, i, n int, style byte) int {
	for ; n > 0 && i > 0; n-- {
		step := 1
		for _, size := range [...]int{6, 3, 2} {
			if i >= size {
				if _, got := escapeAt(text, i-size, style); got == size {
					step = size
					break
				}
			}
		}
		i -= step
	}
	if n > 0 {
		return -1
	}
	return i
}

// escapeAt reads one byte or one escape.
func escapeAt(text string, i int, style byte) (value string, n int) {
	rest := text[i:]
	switch {
	case style == '\\' && rest[0] == '\\' && len(rest) >= 2:
		if len(rest) >= 6 && rest[1] == 'u' {
			if code, err := strconv.ParseUint(rest[2:6], 16, 16); err == nil {
				return string(rune(code)), 6
			}
		}
		if at := strings.IndexByte("ntr", rest[1]); at >= 0 {
			return "\n\t\r"[at : at+1], 2
		}
		if !isWordStart(rest[1]) {
			return rest[1:2], 2
		}
	case style != '\\' && rest[0] == '%' && len(rest) >= 3:
		if b, err := hex.DecodeString(rest[1:3]); err == nil {
			return string(b), 3
		}
	case style == '+' && rest[0] == '+':
		return " ", 1
	}
	return rest[:1], 1
}

// Redact replaces the known secrets in a text as Redact does those of a known
// shape. A text without any comes back as it is, without an allocation. A nil
// Known knows none.
func (k *Known) Redact(text string) string {
	hits := k.Match(text)
	if hits == nil {
		return text
	}
	r := redactor{text: text, hot: -1}
	for _, h := range hits {
		r.replace(h.Start, h.End)
	}
	return string(append(r.out, text[r.done:]...))
}
