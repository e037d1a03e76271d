package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
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

// A disk that is full in the middle of a line leaves the journal as it was.
func TestFullDisk(t *testing.T) {
	path, before := write(t, 2)
	l := open(t, path, Head{})
	for _, full := range []func(int, []byte) (int, error){
		func(int, []byte) (int, error) { return -1, unix.ENOSPC },
		func(fd int, p []byte) (int, error) { return unix.Write(fd, p[:len(p)/2]) },
		func(fd int, p []byte) (int, error) { return unix.Write(fd, p[:1]) },
	} {
		l.write = full
		if _, err := l.Append(step(9)); !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "make room") {
			t.Errorf("error %v", err)
		}
		if after := contentOf(t, path); !bytes.Equal(after, before) {
			t.Fatalf("the file changed:\n%s", after)
		}
	}
	interrupted := false
	l.write = func(fd int, p []byte) (int, error) {
		if !interrupted {
			interrupted = true
			return -1, unix.EINTR
		}
		return unix.Write(fd, p)
	}
	if e, err := l.Append(step(2)); err != nil || e.Seq != 3 {
		t.Fatalf("with room again: %+v, %v", e, err)
	}
	mustVerify(t, path, 3)
}

func TestEntryThatIsTooLong(t *testing.T) {
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

func entries(t testing.TB, path string) []Entry {
	t.Helper()
	var all []Entry
	if err := Read(bytes.NewReader(contentOf(t, path)), func(e Entry) error { all = append(all, e); return nil }); err != nil {
		t.Fatal(err)
	}
	return all
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

const childEnv = "RESTRAIN_JOURNAL_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		os.Exit(appendMany(path))
	}
	os.Exit(m.Run())
}

const perWriter = 50

func appendMany(path string) int {
	l, err := Open(path)
	for i := 0; i < perWriter && err == nil; i++ {
		_, err = l.Append(step(i))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func TestConcurrentAppends(t *testing.T) {
	path := newPath(t)
	shared := open(t, path, Head{})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			child := exec.Command(os.Args[0])
			child.Env = append(os.Environ(), childEnv+"="+path)
			if out, err := child.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
		group.Go(func() {
			for i := range perWriter {
				if _, err := shared.Append(step(i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	mustVerify(t, path, 6*perWriter)
}

// State that is kept beside the journal can be read and written under its lock.
func TestLockCoversState(t *testing.T) {
	path := newPath(t)
	state := filepath.Join(t.TempDir(), "head") // guarded by nothing but the lock
	if err := os.WriteFile(state, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			l, err := Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			defer l.Close()
			for i := range 20 {
				if err := appendWithState(l, state, step(i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	mustVerify(t, path, 160)
}

func appendWithState(l *Log, state string, e Entry) (err error) {
	if err := l.Lock(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Unlock()) }()
	text, err := os.ReadFile(state)
	if err != nil {
		return err
	}
	var kept Head
	if err := json.Unmarshal(text, &kept); err != nil {
		return err
	}
	l.SetHead(kept)
	if e, err = l.AppendLocked(e); err != nil || e.Seq != kept.Seq+1 {
		return fmt.Errorf("entry %d behind %d: %w", e.Seq, kept.Seq, err)
	}
	if text, err = json.Marshal(l.HeadLocked()); err != nil {
		return err
	}
	return os.WriteFile(state, text, 0o600)
}

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("behind %d", n), func(b *testing.B) {
			path, _ := write(b, n)
			l := open(b, path, Head{})
			e := step(1)
			for b.Loop() {
				if _, err := l.Append(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One process a command: open with the head of the last, append, close.
func BenchmarkOpenAppendClose(b *testing.B) {
	path, _ := write(b, 10_000)
	l := open(b, path, Head{})
	if _, err := l.Append(step(1)); err != nil {
		b.Fatal(err)
	}
	head := l.Head()
	for b.Loop() {
		l, err := OpenAt(path, head)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Append(step(1)); err != nil {
			b.Fatal(err)
		}
		head = l.Head()
		l.Close()
	}
}

func BenchmarkVerify(b *testing.B) {
	_, content := write(b, 10_000)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := Verify(bufio.NewReader(bytes.NewReader(content))); err != nil {
			b.Fatal(err)
		}
	}
}
