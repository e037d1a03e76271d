//go:build unix

package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "state", "journal.jsonl") }

func open(t testing.TB, path string, head Head) *Log {
	t.Helper()
	l, err := OpenAt(path, head)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func step(i int) Entry {
	return Entry{
		Time: time.Date(2026, 4, 24, 14, 2, i, 5, time.UTC), Session: "7f3a", Kind: Step, Door: "shell",
		Agent: "cursor-agent", PID: 4242, Dir: "/home/ada/shop", Command: fmt.Sprintf("grep -rn 'a<b>&c' . # %d", i),
		Classes: []string{"credential.search"}, Rules: []string{"search.tokens"}, Resources: []string{"path:."},
		Severity: "medium", Divergence: 0.25, Contribution: 0.125, Surprise: 7.5, Percentile: 99.5,
		Level: "elevated", Verdict: "ask", Answer: &Answer{Approved: true, By: "terminal"}, Ran: true, Reason: "why",
	}
}

// write appends n steps and returns the file's path and content.
func write(t testing.TB, n int) (path string, content []byte) {
	t.Helper()
	path = newPath(t)
	l := open(t, path, Head{})
	for i := range n {
		if _, err := l.Append(step(i)); err != nil {
			t.Fatal(err)
		}
	}
	return path, contentOf(t, path)
}

func contentOf(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func mustVerify(t testing.TB, path string, want int) {
	t.Helper()
	n, err := Verify(bytes.NewReader(contentOf(t, path)))
	if err != nil || n != want {
		t.Fatalf("%d entries, %v; want %d", n, err, want)
	}
}

func TestAppendAndRead(t *testing.T) {
	path, content := write(t, 3)
	mustVerify(t, path, 3)
	var got []Entry
	if err := Read(bytes.NewReader(content), func(e Entry) error { got = append(got, e); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, e := range got {
		want := step(i)
		want.V, want.Seq, want.Prev, want.Hash = Version, uint64(i+1), e.Prev, e.Hash
		if fmt.Sprint(*e.Answer) != fmt.Sprint(*want.Answer) {
			t.Errorf("answer %+v", e.Answer)
		}
		e.Answer, want.Answer = nil, nil
		if fmt.Sprintf("%+v", e) != fmt.Sprintf("%+v", want) {
			t.Errorf("entry %d:\n%+v, want\n%+v", i, e, want)
		}
	}
	if !strings.Contains(string(content), "a<b>&c") {
		t.Error("text is not as it was written")
	}
	stop := errors.New("stop")
	calls := 0
	if err := Read(bytes.NewReader(content), func(Entry) error { calls++; return stop }); !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%v after %d calls", err, calls)
	}
	for _, p := range []struct {
		path string
		want os.FileMode
	}{{path, 0o600}, {filepath.Dir(path), 0o700 | os.ModeDir}} {
		if info, err := os.Stat(p.path); err != nil || info.Mode() != p.want {
			t.Errorf("%s: mode %v, %v", p.path, info.Mode(), err)
		}
	}
}

func TestGenesisDependsOnSession(t *testing.T) {
	_, content := write(t, 1)
	other := bytes.Replace(content, []byte("7f3a"), []byte("7f3b"), 1)
	body, _, _ := unseal(other)
	e, _ := decode(content)
	forged := string(body) + hashOpen + chain(e.Prev, body) + hashClose
	_, err := Verify(strings.NewReader(forged))
	if broken := new(BrokenError); !errors.As(err, &broken) || broken.Problem != BadLink {
		t.Errorf("entry moved to another session: %v", err)
	}
}

func TestOpenContinues(t *testing.T) {
	path, _ := write(t, 3)
	for _, tt := range []struct {
		name string
		head func(Head) Head
	}{
		{"no head", func(Head) Head { return Head{} }},
		{"the head", func(h Head) Head { return h }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := open(t, path, Head{})
			e, err := l.Append(step(3))
			if err != nil {
				t.Fatal(err)
			}
			again := open(t, path, tt.head(l.Head()))
			next, err := again.Append(step(4))
			if err != nil || next.Seq != e.Seq+1 || next.Prev != e.Hash {
				t.Fatalf("%+v, %v", next, err)
			}
			// The first log finds that the file has grown.
			if last, err := l.Append(step(5)); err != nil || last.Seq != e.Seq+2 {
				t.Fatalf("%+v, %v", last, err)
			}
		})
	}
	mustVerify(t, path, 9)
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct {
		name, want string
		make       func(path string) error
	}{
		{"symbolic link", "symbolic link: remove it", func(p string) error { return os.Symlink(p+".target", p) }},
		{"readable by others", "chmod 600", func(p string) error { return os.WriteFile(p, nil, 0o644) }},
		{"directory", "is a directory", func(p string) error { return os.Mkdir(p, 0o700) }},
		{"pipe", "no regular file", func(p string) error { return unix.Mkfifo(p, 0o600) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "j")
			if err := tt.make(path); err != nil {
				t.Fatal(err)
			}
			l, err := Open(path)
			if err == nil {
				l.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want %q", err, tt.want)
			}
		})
	}
	t.Run("device", func(t *testing.T) {
		if l, err := Open("/dev/full"); err == nil {
			l.Close()
			t.Error("opened /dev/full")
		}
	})
	t.Run("other owner", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "j")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(path, os.Geteuid()+1, -1); err != nil {
			t.Skip("only root can give a file away")
		}
		if l, err := Open(path); err == nil || !strings.Contains(err.Error(), "belongs to user") && !errors.Is(err, os.ErrPermission) {
			l.Close()
			t.Errorf("%v", err)
		}
	})
	t.Run("directory that cannot be made", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Join(file, "j")); err == nil || !strings.Contains(err.Error(), "nothing can run") {
			t.Errorf("%v", err)
		}
	})
}

func entries(t testing.TB, path string) []Entry {
	t.Helper()
	var all []Entry
	if err := Read(bytes.NewReader(contentOf(t, path)), func(e Entry) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}
