//go:build unix

package journal

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"restrain/internal/slowtest"
)

// A disk that is full in the middle of a line leaves the journal as it was.
func TestFullDisk(t *testing.T) {
	path, before := write(t, 2)
	l := open(t, path, Head{})
	for _, full := range []func([]byte) (int, error){
		func([]byte) (int, error) { return 0, syscall.ENOSPC },
		func(p []byte) (int, error) { n, _ := l.file.Write(p[:len(p)/2]); return n, syscall.ENOSPC },
		func(p []byte) (int, error) { n, _ := l.file.Write(p[:1]); return n, syscall.ENOSPC },
	} {
		l.write = full
		if _, err := l.Append(step(9)); !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "make room") {
			t.Errorf("error %v", err)
		}
		if after := contentOf(t, path); !bytes.Equal(after, before) {
			t.Fatalf("the file changed:\n%s", after)
		}
	}
	l.write = l.file.Write
	if e, err := l.Append(step(2)); err != nil || e.Seq != 3 {
		t.Fatalf("with room again: %+v, %v", e, err)
	}
	mustVerify(t, path, 3)
}

func TestEntryThatIsTooLong(t *testing.T) {
	slowtest.Alone(t)
	path, before := write(t, 1)
	l := open(t, path, Head{})
	e := step(1)
	e.Command = strings.Repeat("x", MaxLine)
	if _, err := l.Append(e); err == nil || !strings.Contains(err.Error(), "shorten") {
		t.Errorf("%v", err)
	}
	if !bytes.Equal(contentOf(t, path), before) {
		t.Error("the file changed")
	}
	e.Command = strings.Repeat("\x1b", 1<<20) // six bytes each
	for range 2 {
		if _, err := open(t, path, Head{}).Append(e); err != nil {
			t.Fatal(err)
		}
	}
	mustVerify(t, path, 3)
}

// Whatever a crash left of the last line is cut off, said, and continued from.
func TestCrashRecovery(t *testing.T) {
	path, content := write(t, 3)
	start := bytes.LastIndexByte(content[:len(content)-1], '\n') + 1
	for _, end := range []int{1, start + 1, start + 50, len(content) - 40, len(content) - 1} {
		if err := os.WriteFile(path, content[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		whole := bytes.Count(content[:end], []byte{'\n'})
		n, err := Verify(bytes.NewReader(content[:end]))
		if broken := new(BrokenError); !errors.As(err, &broken) || broken.Problem != Truncated || n != whole || broken.Line != whole+1 {
			t.Fatalf("%d bytes: %d, %v", end, n, err)
		}
		e, err := open(t, path, Head{}).Append(step(7))
		if err != nil || e.Seq != uint64(whole+2) {
			t.Fatalf("%d bytes: %+v, %v", end, e, err)
		}
		mustVerify(t, path, whole+2)
		note := entries(t, path)[whole]
		if note.Kind != Note || !strings.Contains(note.Reason, "crash") || note.Session != "7f3a" {
			t.Errorf("%d bytes: %+v", end, note)
		}
	}
}

// Someone who kept the head sees entries taken away or replaced, and says so.
func TestTamperedBehindTheHead(t *testing.T) {
	path, content := write(t, 3)
	l := open(t, path, Head{})
	if _, err := l.Append(step(3)); err != nil {
		t.Fatal(err)
	}
	head := l.Head()
	other, _ := write(t, 5) // the same sizes, other hashes from the fourth on
	forged := contentOf(t, other)
	forged = bytes.Replace(forged, []byte("# 3"), []byte("# 8"), 1)
	for name, changed := range map[string][]byte{
		"emptied":   nil,
		"shortened": content,
		"cut":       content[:len(content)-9],
		"rewritten": rechain(t, forged),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := VerifyTo(bytes.NewReader(changed), head); err == nil {
				t.Error("VerifyTo found nothing")
			}
			if _, err := open(t, path, head).Append(step(9)); err != nil {
				t.Fatal(err)
			}
			all := entries(t, path)
			mustVerify(t, path, len(all))
			if e := all[len(all)-2]; e.Kind != Tamper || !strings.Contains(e.Reason, "entry 4") {
				t.Errorf("%+v", e)
			}
		})
	}
	t.Run("broken last line", func(t *testing.T) {
		broken := bytes.Replace(content, []byte("# 2"), []byte("# 7"), 1)
		if err := os.WriteFile(path, broken, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, path, Head{}).Append(step(9)); err == nil || !strings.Contains(err.Error(), "restrain verify") {
			t.Errorf("%v", err)
		}
	})
}

// rechain recomputes all hashes, as one who rewrites history would.
func rechain(t testing.TB, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var head Head
	for line := range bytes.Lines(content) {
		body, _, ok := unseal(line)
		e, err := decode(line)
		if !ok || err != nil && !errors.Is(err, errHash) {
			t.Fatalf("%s: %v", line, err)
		}
		if head.Seq > 0 {
			body = bytes.Replace(body, []byte(e.Prev), []byte(head.Hash), 1)
			e.Prev = head.Hash
		}
		head = Head{Seq: e.Seq, Hash: chain(e.Prev, body)}
		out.Write(body)
		out.WriteString(hashOpen + head.Hash + hashClose)
	}
	return out.Bytes()
}
