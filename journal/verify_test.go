//go:build unix

package journal

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func problemOf(t failer, content []byte) (n int, broken *BrokenError) {
	t.Helper()
	n, err := Verify(bytes.NewReader(content))
	if !errors.As(err, &broken) {
		t.Fatalf("not found: %d entries, %v", n, err)
	}
	return n, broken
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func TestVerifyNamesTheFirstBrokenEntry(t *testing.T) {
	_, content := write(t, 5)
	lines := bytes.SplitAfter(content, []byte{'\n'})[:5]
	join := func(l ...[]byte) []byte { return bytes.Join(l, nil) }
	_, foreign := write(t, 1)
	foreign = rechain(t, bytes.Replace(foreign, []byte("# 0"), []byte("# 9"), 1))
	tests := []struct {
		name    string
		content []byte
		line    int
		problem Problem
	}{
		{"first deleted", join(lines[1:]...), 1, Gap},
		{"middle deleted", join(lines[0], lines[1], lines[3], lines[4]), 3, Gap},
		{"two swapped", join(lines[0], lines[2], lines[1], lines[3], lines[4]), 2, Gap},
		{"one twice", join(lines[0], lines[1], lines[1], lines[2]), 3, Gap},
		{"replaced and sealed again", join(foreign, lines[1]), 2, BadLink},
		{"changed", bytes.Replace(content, []byte("# 3"), []byte("# 4"), 1), 4, BadHash},
		{"not JSON", join(lines[0], []byte("hello\n"), lines[1]), 2, BadJSON},
		{"empty line", join(lines[0], []byte("\n"), lines[1]), 2, BadJSON},
		{"no hash", join(lines[0], []byte("{\"v\":1,\"seq\":2}\n")), 2, BadHash},
		{"carriage return", bytes.ReplaceAll(content, []byte("\n"), []byte("\r\n")), 1, BadHash},
		{"unfinished", content[:len(content)-1], 5, Truncated},
		{"endless line", append(bytes.Clone(lines[0]), make([]byte, MaxLine+1)...), 2, TooLong},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, broken := problemOf(t, tt.content)
			if broken.Line != tt.line || broken.Seq != uint64(tt.line) || broken.Problem != tt.problem || n != tt.line-1 {
				t.Errorf("%d good; %v; want line %d, %s", n, broken, tt.line, tt.problem)
			}
		})
	}
	if n, err := Verify(strings.NewReader("")); n != 0 || err != nil {
		t.Errorf("empty: %d, %v", n, err)
	}
	if _, err := VerifyTo(bytes.NewReader(join(lines[:3]...)), Head{Seq: 5}); err == nil || !strings.Contains(err.Error(), "shortened") {
		t.Errorf("missing at the end: %v", err)
	}
	down := errors.New("down")
	if _, err := Verify(io.MultiReader(bytes.NewReader(content), failing{down})); !errors.Is(err, down) {
		t.Errorf("reader's error: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAnyChangedByteIsFound(t *testing.T) {
	_, content := write(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		changed := bytes.Clone(content)
		i := rapid.IntRange(0, len(content)-1).Draw(t, "at")
		changed[i] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		line := 1 + bytes.Count(content[:i], []byte{'\n'})
		if n, broken := problemOf(t, changed); broken.Line != line || n != line-1 {
			t.Fatalf("byte %d of line %d: %d good, %v", i, line, n, broken)
		}
	})
}

func TestAnyRemovedOrAddedSpanIsFound(t *testing.T) {
	_, content := write(t, 4)
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, len(content)-1).Draw(t, "from")
		to := rapid.IntRange(from, len(content)-1).Draw(t, "to") // the end stays
		extra := rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "extra")
		changed := append(append(bytes.Clone(content[:from]), extra...), content[to:]...)
		if bytes.Equal(changed, content) {
			t.Skip("nothing changed")
		}
		problemOf(t, changed)
	})
}

func FuzzVerify(f *testing.F) {
	_, content := write(f, 2)
	f.Add(content)
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"v":1,"seq":1,"prev":"","hash":""}` + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := Verify(bytes.NewReader(data))
		read := 0
		if Read(bytes.NewReader(data), func(Entry) error { read++; return nil }) == nil && err == nil && read != n {
			t.Errorf("Read saw %d entries, Verify %d", read, n)
		}
		if read < n {
			t.Errorf("Read saw only %d of %d good entries", read, n)
		}
	})
}
