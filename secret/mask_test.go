package secret

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func valuesOf(texts ...string) []Value {
	list := make([]Value, len(texts))
	for i, text := range texts {
		list[i] = New(fmt.Sprintf("V%d", i), text, Origin{Path: "/x/.env", Line: i + 1})
	}
	return list
}

// masked is what comes of one write of each text.
func masked(values []Value, writes ...string) string {
	var out bytes.Buffer
	m := NewMasker(&out, values)
	for _, w := range writes {
		_, _ = m.Write([]byte(w))
	}
	_ = m.Close()
	return out.String()
}

func mark0(n int) string { return fmt.Sprintf("‹V0: withheld by restrain, %d characters›", n) }
func mark1(n int) string { return fmt.Sprintf("‹V1: withheld by restrain, %d characters›", n) }

func TestMasker(t *testing.T) {
	pem := "-----BEGIN KEY-----\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASC\nAT4wggE6AgEAAkEAq7BFUpkGp3+LQmlQ\nx0==\n-----END KEY-----\n"
	tests := []struct {
		name   string
		values []Value
		writes []string
		want   string
	}{
		{"none", nil, []string{"hello"}, "hello"},
		{"one", valuesOf("s3cr3t-value"), []string{"T=s3cr3t-value\n"}, "T=" + mark0(12) + "\n"},
		{"twice", valuesOf("s3cr3t"), []string{"s3cr3ts3cr3t"}, mark0(6) + mark0(6)},
		{"split", valuesOf("s3cr3t"), []string{"x s3", "cr", "3t y"}, "x " + mark0(6) + " y"},
		{"begun only", valuesOf("s3cr3t"), []string{"x s3cr", "y"}, "x s3cry"},
		{"begun at the end", valuesOf("s3cr3t"), []string{"x s3cr"}, "x s3cr"},
		{"longest first", valuesOf("token", "token-long"), []string{"token-long token"}, mark1(10) + " " + mark0(5)},
		{"longest, split", valuesOf("token", "token-long"), []string{"token", "-long"}, mark1(10)},
		{"longest begun", valuesOf("token", "token-long"), []string{"token-lo."}, mark0(5) + "-lo."},
		{"inside", valuesOf("cret", "secretive"), []string{"secretive"}, mark1(9)},
		{"inside of one that is not", valuesOf("cret", "secretive"), []string{"secret", "ary"}, "se" + mark0(4) + "ary"},
		{"overlap", valuesOf("abcdefgh", "efghijkl"), []string{"-abcdefghijkl-"}, "-" + mark0(8) + mark1(8) + "-"},
		{"overlap, split", valuesOf("abcdefgh", "efghijkl"), []string{"-abcdefghi", "jkl-"}, "-" + mark0(8) + mark1(8) + "-"},
		{"overlaps itself", valuesOf("aaaa"), []string{"baaaaaab"}, "b" + mark0(4) + "b"},
		{"binary", valuesOf("\x00\xff\x01\xfe"), []string{"\x00\x00\xff", "\x01\xfe\xff"}, "\x00" + mark0(4) + "\xff"},
		{"characters, not bytes", valuesOf("pässwörd"), []string{"pässwörd"}, mark0(8)},
		{"too short to tell", valuesOf("abc"), []string{"abc"}, "abc"},
		{"PEM", valuesOf(pem), []string{pem}, mark0(len(pem)) + "\n"},
		{"PEM on a terminal", valuesOf(pem), []string{strings.ReplaceAll(pem, "\n", "\r\n")}, mark0(len(pem)) + "\r\n"},
		{"a line of a PEM", valuesOf(pem), []string{"x\nMIIBVAIBADANBgkqhkiG9w0BAQEFAASC\ny"}, "x\n" + mark0(len(pem)) + "\ny"},
		{"the head of a PEM", valuesOf(pem), []string{pem[:20]}, pem[:20]},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := masked(test.values, test.writes...); got != test.want {
				t.Errorf("%q\nis masked as %q\nand not    %q", test.writes, got, test.want)
			}
		})
	}
}

// A name comes from a file, and must do nothing to a terminal.
func TestMaskerName(t *testing.T) {
	got := masked([]Value{New("A\x1b[2J\n"+strings.Repeat("x", 100), "s3cr3t", Origin{})}, "s3cr3t")
	if strings.ContainsAny(got, "\x1b\n") || len([]rune(got)) > 120 {
		t.Errorf("the mark is %q", got)
	}
}

func TestMaskerCounts(t *testing.T) {
	m := NewMasker(io.Discard, valuesOf("first-one", "second-one", "third-one"))
	fmt.Fprint(m, "third-one first-one third-one")
	if got := fmt.Sprint(m.Withheld()); got != "[{V0 of /x/.env:1 1} {V2 of /x/.env:3 2}]" {
		t.Errorf("withheld: %s", got)
	}
}

// A prompt whose end is the beginning of a secret appears; a secret that is
// written slowly does not.
func TestMaskerFlush(t *testing.T) {
	var out bytes.Buffer
	m := NewMasker(&out, valuesOf("hunter2-and-more"))
	expect := func(when, want string) {
		t.Helper()
		if out.String() != want {
			t.Errorf("%s: %q, not %q", when, out.String(), want)
		}
	}
	fmt.Fprint(m, "continue? h")
	expect("before Flush", "continue? ")
	_ = m.Flush()
	expect("after Flush", "continue? h")
	_ = m.Flush()
	expect("after another", "continue? h")
	fmt.Fprint(m, "unter2-an")
	expect("more of it", "continue? h")
	_ = m.Flush()
	expect("most of it, slowly", "continue? h")
	fmt.Fprint(m, "d-more.")
	expect("all of it", "continue? h"+mark0(16)+".")
	fmt.Fprint(m, "hun")
	_ = m.Flush()
	fmt.Fprint(m, "gry")
	_ = m.Close()
	expect("something else", "continue? h"+mark0(16)+".hungry")
}

// The lines of a key that is written slowly are masked, though it is not whole.
func TestMaskerFlushLines(t *testing.T) {
	var out bytes.Buffer
	line := "MIIBVAIBADANBgkqhkiG9w0BAQEFAASC"
	key := "-----BEGIN KEY-----\n" + line + "\n" + strings.ToLower(line) + "\n-----END KEY-----"
	m := NewMasker(&out, valuesOf(key))
	fmt.Fprint(m, key[:len(key)/2])
	_ = m.Flush()
	fmt.Fprint(m, key[len(key)/2:])
	_ = m.Close()
	if strings.Contains(out.String(), line[:20]) || strings.Contains(out.String(), strings.ToLower(line)[:20]) {
		t.Errorf("a line is told: %q", out.String())
	}
}

// reference masks a text that is there as a whole, in the plainest way.
func reference(values []Value, text string) string {
	var patterns []pattern
	for i, v := range values {
		patterns = append(patterns, patternsOf(v.value, i)...)
	}
	var out strings.Builder
	done, last := 0, -1
	for i := range len(text) {
		best := pattern{of: -1}
		for _, p := range patterns {
			if strings.HasPrefix(text[i:], p.text) && len(p.text) > len(best.text) {
				best = p
			}
		}
		if i >= done {
			last = -1
		}
		if end := i + len(best.text); best.of >= 0 && end > done {
			if best.of != last {
				k := mark{value: values[best.of]}
				out.Write(k.append(nil))
			}
			done, last = end, best.of
		}
		if i >= done {
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

func TestMaskerAgainstReference(t *testing.T) {
	for seed := range uint64(3000) {
		random := rand.New(rand.NewPCG(seed, 1))
		letters := "ab\nc\r\x00\xff"[:2+random.IntN(6)]
		word := func(n int) string {
			b := make([]byte, n)
			for i := range b {
				b[i] = letters[random.IntN(len(letters))]
			}
			return string(b)
		}
		var values []Value
		for i := range 1 + random.IntN(5) {
			values = append(values, New(fmt.Sprintf("V%d", i), word(2+random.IntN(12)), Origin{}))
		}
		var text strings.Builder
		for text.Len() < 200 {
			text.WriteString(word(random.IntN(8)))
			text.WriteString(values[random.IntN(len(values))].value[:1+random.IntN(2)])
			text.WriteString(values[random.IntN(len(values))].value)
		}
		var writes []string
		for rest := text.String(); rest != ""; {
			n := min(len(rest), 1+random.IntN(20))
			writes, rest = append(writes, rest[:n]), rest[n:]
		}
		if got, want := masked(values, writes...), reference(values, text.String()); got != want {
			t.Fatalf("seed %d: %q of %q\nis masked as %q\nand not    %q", seed, writes, values, got, want)
		}
	}
}

// failing is a reader that has gone.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestMaskerError(t *testing.T) {
	m := NewMasker(failing{}, valuesOf("s3cr3t"))
	if _, err := m.Write([]byte("hello")); err != os.ErrClosed {
		t.Errorf("the error of the reader is lost: %v", err)
	}
	if err := m.Close(); err != os.ErrClosed {
		t.Errorf("Close forgets it: %v", err)
	}
}

func BenchmarkMasker(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	token := func(n int) string {
		const set = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
		out := make([]byte, n)
		for i := range out {
			out[i] = set[random.IntN(len(set))]
		}
		return string(out)
	}
	source, err := os.ReadFile("mask.go")
	if err != nil {
		b.Fatal(err)
	}
	source = bytes.Repeat(source, 64<<10/len(source)+1)[:64<<10]
	for _, count := range []int{1, 20, 200} {
		var texts []string
		for range count {
			texts = append(texts, token(16+random.IntN(40)))
		}
		for _, short := range []bool{false, true} {
			if short {
				texts = append(texts, token(6))
			}
			b.Run(fmt.Sprintf("%d values, short=%v", count, short), func(b *testing.B) {
				m := NewMasker(io.Discard, valuesOf(texts...))
				b.SetBytes(int64(len(source)))
				for b.Loop() {
					_, _ = m.Write(source)
				}
			})
		}
	}
	b.Run("new", func(b *testing.B) {
		values := valuesOf(token(20), token(30))
		for b.Loop() {
			NewMasker(io.Discard, values)
		}
	})
}
