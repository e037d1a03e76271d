//go:build unix

package keep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"restrain/internal/slowtest"
)

// notKept gives the error of a call that did not keep all.
func notKept(t *testing.T, err error) *NotKept {
	t.Helper()
	var missed *NotKept
	if !errors.As(err, &missed) {
		t.Fatalf("all was kept, or another error: %v", err)
	}
	return missed
}

func TestBounds(t *testing.T) {
	tests := []struct {
		name   string
		limits Limits
		make   func(t *testing.T, dir string)
		want   string
	}{
		{"a large file", Limits{StepBytes: 10_000}, func(t *testing.T, dir string) { write(t, dir+"/d/f", strings.Repeat("x", 20_000)) }, "the bound of 10 kB"},
		{"many bytes in a tree", Limits{StepBytes: 100 << 10}, func(t *testing.T, dir string) {
			for i := range 20 {
				write(t, fmt.Sprintf("%s/d/%d/f", dir, i), strings.Repeat("x", 8<<10))
			}
		}, "the bound of 102 kB"},
		{"many files", Limits{StepFiles: 20}, func(t *testing.T, dir string) {
			for i := range 30 {
				write(t, fmt.Sprintf("%s/d/%d", dir, i), "")
			}
		}, "the bound of 20 files"},
		{"the whole store", Limits{TotalBytes: 10_000}, func(t *testing.T, dir string) { write(t, dir+"/d/f", strings.Repeat("x", 20_000)) }, "is full"},
		{"deep directories", Limits{}, func(t *testing.T, dir string) {
			do(t, os.MkdirAll(dir+"/d/"+strings.Repeat("x/", maxDepth+2), 0o755))
		}, "nested too deep"},
	}
	for _, test := range tests {
		for _, inPlace := range []bool{false, true} {
			t.Run(fmt.Sprint(test.name, " in place ", inPlace), func(t *testing.T) {
				s, dir := newStore(t, test.limits), realTemp(t)
				test.make(t, dir)
				write(t, dir+"/small", "x")
				r, err := s.Keep(t.Context(), Step{}, []Item{{Path: dir + "/d", InPlace: inPlace}, {Path: dir + "/small", InPlace: inPlace}})
				missed := notKept(t, err)
				if len(missed.Missed) != 1 || missed.Missed[0].Path != dir+"/d" || !strings.Contains(missed.Missed[0].Why, test.want) {
					t.Errorf("%+v", missed)
				}
				if r.Files != 1 || r.Dirs != 0 || contents(t, s, r.ID) != 1 {
					t.Errorf("kept %+v, %d stored", r, contents(t, s, r.ID))
				}
			})
		}
	}
}

// A file above the bound is refused without being read, and leaves nothing.
func TestHugeFile(t *testing.T) {
	s := newStore(t, Limits{})
	dir, err := os.MkdirTemp("/var/tmp", "restrain-test-") // on a disk, wherever the others are
	do(t, err)
	t.Cleanup(func() { do(t, os.RemoveAll(dir)) })
	file, err := os.Create(dir + "/f")
	do(t, err)
	if err := preallocate(file, 10<<30); err != nil {
		t.Skipf("a file of 10 GB cannot be made here: %v", err)
	}
	do(t, file.Close())
	var before, after unix.Rusage
	do(t, unix.Getrusage(unix.RUSAGE_SELF, &before))
	r, err := s.Keep(t.Context(), Step{}, []Item{{Path: dir + "/f", InPlace: true}})
	do(t, unix.Getrusage(unix.RUSAGE_SELF, &after))
	if missed := notKept(t, err); !strings.Contains(missed.Error(), "the bound of 512 MB") || r.ID != "" {
		t.Errorf("%v, %+v", missed, r)
	}
	if used := unix.TimevalToNsec(after.Stime) - unix.TimevalToNsec(before.Stime); used > int64(200*time.Millisecond) {
		t.Errorf("it took %v", time.Duration(used))
	}
	if list, _ := os.ReadDir(s.dir); len(list) != 1 || list[0].Name() != "total" {
		t.Errorf("left %v", list)
	}
}

func TestSparseFile(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	path := dir + "/f"
	file, err := os.Create(path)
	do(t, err)
	_, err = file.WriteAt([]byte("in the middle"), 1<<30)
	do(t, errors.Join(err, file.Truncate(2<<30), file.Close()))
	var was, is unix.Stat_t
	do(t, unix.Stat(path, &was))
	if was.Blocks*512 > 1<<20 {
		t.Skip("the file system has no holes")
	}
	kept := keepAll(t, s, Item{Path: path, InPlace: true})
	do(t, os.Remove(path))
	restore(t, s, kept.ID)
	do(t, unix.Stat(path, &is))
	if is.Size != was.Size || is.Blocks > was.Blocks+16 || is.Mtim != was.Mtim {
		t.Errorf("was %+v\nis %+v", was, is)
	}
	got := make([]byte, 13)
	file, err = os.Open(path)
	do(t, err)
	defer file.Close()
	if _, err := file.ReadAt(got, 1<<30); err != nil || string(got) != "in the middle" {
		t.Errorf("%q, %v", got, err)
	}
}

// What is no file is noted, and no reason to call the rest lost.
func TestSocketsAndPipes(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/d/f", "f")
	do(t, unix.Mkfifo(dir+"/d/pipe", 0o600))
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	do(t, err)
	defer unix.Close(fd)
	if err := unix.Bind(fd, &unix.SockaddrUnix{Name: dir + "/d/s"}); err != nil {
		t.Fatal(err)
	}
	kept := keepAll(t, s, Item{Path: dir + "/d", InPlace: true})
	if kept.Files != 1 {
		t.Errorf("%+v", kept)
	}
	do(t, os.RemoveAll(dir+"/d"))
	report, err := s.Restore(t.Context(), []string{kept.ID}, nil, Options{})
	do(t, err)
	if report.Count(Created) != 2 || report.Count(Refused) != 2 {
		t.Errorf("%+v", report)
	}
}

// What cannot be read is named, and what lies beside it is kept.
func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		asUser(t, "TestUnreadable")
		return
	}
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/d/closed/x", "x")
	write(t, dir+"/d/open", "open")
	write(t, dir+"/d/dark", "dark")
	do(t, os.Chmod(dir+"/d/closed", 0))
	defer os.Chmod(dir+"/d/closed", 0o700)
	do(t, os.Chmod(dir+"/d/dark", 0))
	for _, test := range []struct {
		inPlace bool
		missed  int
	}{{false, 1}, {true, 2}} { // a file that cannot be read can still be linked
		r, err := s.Keep(t.Context(), Step{}, []Item{{Path: dir + "/d", InPlace: test.inPlace}})
		missed := notKept(t, err)
		if len(missed.Missed) != test.missed || r.Files != 3-test.missed {
			t.Errorf("in place %v: %+v, %v", test.inPlace, r, missed)
		}
		if k, _ := s.Get(r.ID); k.Missed != test.missed {
			t.Errorf("listed as %+v", k)
		}
	}
}

// The store itself is neither kept nor taken for a part of what is.
func TestStoreIsNotKept(t *testing.T) {
	s := newStore(t, Limits{})
	for _, path := range []string{s.dir, filepath.Dir(s.dir), s.dir + "/total"} {
		do(t, s.release(1)) // makes the file
		_, err := s.Keep(t.Context(), Step{}, []Item{{Path: path}})
		if missed := notKept(t, err); !strings.Contains(missed.Error(), "the store of kept files") {
			t.Errorf("%s: %v", path, missed)
		}
	}
	if _, err := s.Keep(t.Context(), Step{}, []Item{{Path: "/"}}); err == nil {
		t.Error("the root directory is kept")
	}
}

// fullDisk lets a store write so many bytes more.
func fullDisk(s *Store, room int) {
	var mu sync.Mutex
	s.write = func(fd int, p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		n := min(room, len(p))
		if n == 0 {
			return -1, unix.ENOSPC
		}
		room -= n
		return unix.Write(fd, p[:n])
	}
}

// Wherever the disk becomes full, what is not kept is named, and what was kept
// before can be given back.
func TestFullDiskAtAnyByte(t *testing.T) {
	for room := 0; room < 1200; room += 37 {
		s, dir := newStore(t, Limits{}), realTemp(t)
		fullDisk(s, room)
		w := s.Begin(Step{Session: "s"})
		want := map[string]bool{}
		for i := range 6 {
			path := fmt.Sprintf("%s/%d", dir, i)
			write(t, path, fmt.Sprint("content ", i))
			if err := w.Add(path, i%2 == 0); err == nil {
				want[path] = true
				do(t, os.Remove(path))
			} else if !errors.As(err, new(*NotKept)) || !strings.Contains(err.Error(), "the disk is full") {
				t.Errorf("room for %d bytes: %v", room, err)
			}
		}
		id := w.ID()
		_ = w.Close()
		s.write = unix.Write
		if _, err := s.Recover(t.Context()); err != nil {
			t.Errorf("room for %d bytes: %v", room, err)
		}
		if len(want) == 0 {
			if list, _ := s.List(Filter{}); len(list) != 0 {
				t.Errorf("room for %d bytes: nothing is kept, and listed: %+v", room, list)
			}
			continue
		}
		restore(t, s, id)
		for path := range want {
			if text, _ := os.ReadFile(path); string(text) != "content "+filepath.Base(path) {
				t.Errorf("room for %d bytes: %s: %q", room, path, text)
			}
		}
	}
}

// A line that the disk had no room for the end of is no record, whatever comes behind
// it when there is room again.
func TestTornLineIsNoRecord(t *testing.T) {
	for cut := 1; cut <= 12; cut++ {
		s, dir := newStore(t, Limits{}), realTemp(t)
		w := s.Begin(Step{Session: "s"})
		write(t, dir+"/0", "content 0")
		write(t, dir+"/1", "content 1")
		do(t, w.Add(dir+"/0", false))
		do(t, os.Remove(dir+"/0"))
		s.write = func(fd int, p []byte) (int, error) {
			s.write = func(int, []byte) (int, error) { return -1, unix.ENOSPC }
			return unix.Write(fd, p[:len(p)-cut])
		}
		if err := w.Add(dir+"/1", false); !errors.As(err, new(*NotKept)) {
			t.Fatalf("cut by %d: %v", cut, err)
		}
		do(t, os.Remove(dir+"/1")) // all the same
		_ = w.Close()
		s.write = unix.Write
		_, err := s.Recover(t.Context())
		do(t, err)
		if report := restore(t, s, w.ID()); len(report.Changes) != 1 {
			t.Errorf("cut by %d: %+v", cut, report)
		}
	}
}

// A disk that becomes full while a tree is copied keeps nothing of it.
func TestFullDiskTakesBack(t *testing.T) {
	mount := tinyDisk(t, 1<<20)
	s, err := Open(mount, Limits{})
	do(t, err)
	dir := mount + "/work"
	for i := range 12 {
		write(t, fmt.Sprintf("%s/d/%d", dir, i), strings.Repeat("x", 50<<10))
	}
	write(t, dir+"/small", "small")
	r, err := s.Keep(t.Context(), Step{}, []Item{{Path: dir + "/d", InPlace: true}, {Path: dir + "/small", InPlace: true}})
	missed := notKept(t, err)
	if len(missed.Missed) != 1 || !strings.Contains(missed.Error(), "the disk is full") || r.Files != 1 {
		t.Errorf("%+v, %v", r, missed)
	}
	do(t, os.Remove(dir+"/small"))
	restore(t, s, r.ID)
}

func TestReadOnlyStore(t *testing.T) {
	mount := tinyDisk(t, 1<<20)
	s, err := Open(mount, Limits{})
	do(t, err)
	remountReadOnly(t, mount)
	path := realTemp(t) + "/f"
	write(t, path, "f")
	r, err := s.Keep(t.Context(), Step{}, []Item{{Path: path}})
	if missed := notKept(t, err); len(missed.Missed) != 1 || !strings.Contains(missed.Error(), "read-only") || r.ID != "" {
		t.Errorf("%+v, %v", r, missed)
	}
}

// Files of others cannot always be linked; what can be read is copied.
func TestForeignFile(t *testing.T) {
	if os.Geteuid() == 0 {
		asUser(t, "TestForeignFile")
		return
	}
	protected, err := os.ReadFile("/proc/sys/fs/protected_hardlinks")
	if err != nil || bytes.HasPrefix(protected, []byte("0")) {
		t.Skip("links to the files of others are not protected here")
	}
	s := newStore(t, Limits{})
	kept, err := s.Keep(t.Context(), Step{}, []Item{{Path: "/etc/passwd"}})
	if err != nil || kept.Files != 1 || contents(t, s, kept.ID) != 1 {
		t.Fatalf("%+v, %v", kept, err)
	}
	out := realTemp(t)
	_, err = s.Restore(t.Context(), []string{kept.ID}, nil, Options{To: out})
	do(t, err)
	want, _ := os.ReadFile("/etc/passwd")
	if got, _ := os.ReadFile(out + "/passwd"); !bytes.Equal(got, want) {
		t.Error("the copy differs")
	}
}

// A file that is written to while it is copied is copied again, and then said
// to have changed.
func TestChangesWhileStored(t *testing.T) {
	s, path := newStore(t, Limits{}), realTemp(t)+"/f"
	write(t, path, strings.Repeat("x", 1<<20))
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		file, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			t.Error(err)
			return
		}
		defer file.Close()
		for i := int64(0); ; i++ {
			select {
			case <-stop:
				return
			default:
				_, _ = file.WriteAt([]byte{byte(i)}, i%(1<<20))
				runtime.Gosched()
			}
		}
	})
	said := false
	for range 200 {
		r, err := s.Keep(t.Context(), Step{}, []Item{{Path: path, InPlace: true}})
		do(t, err)
		do(t, s.Drop(r.ID))
		if said = len(r.Changed) == 1 && r.Changed[0] == path; said {
			break
		}
	}
	close(stop)
	group.Wait()
	if !said {
		t.Error("nothing was said of a file that changes all the time")
	}
}

// Processes and goroutines keep the same files at once.
func TestConcurrentKeeps(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	richTree(t, dir+"/d")
	var group sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		group.Go(func() {
			other, err := Open(filepath.Dir(s.dir), Limits{})
			if err != nil {
				t.Error(err)
				return
			}
			r, err := other.Keep(t.Context(), Step{Number: i}, []Item{{Path: dir + "/d", InPlace: i%2 == 0}})
			if err != nil {
				t.Error(err)
			}
			ids[i] = r.ID
		})
		group.Go(func() {
			if _, err := s.Recover(t.Context()); err != nil {
				t.Error(err)
			}
			if _, err := s.List(Filter{}); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	before := tree(t, dir+"/d")
	do(t, os.RemoveAll(dir+"/d"))
	for _, id := range ids[1:] {
		do(t, s.Drop(id))
	}
	restore(t, s, ids[0])
	sameTree(t, before, tree(t, dir+"/d"))
}

// The total follows what is stored, and what is oldest makes room, but nothing
// of the last day.
func TestTotal(t *testing.T) {
	s, dir := newStore(t, Limits{TotalBytes: 100 << 10}), realTemp(t)
	write(t, dir+"/f", strings.Repeat("x", 40<<10))
	now := time.Now()
	keepAt := func(at time.Time) (string, error) {
		r, err := s.Keep(t.Context(), Step{Time: at}, []Item{{Path: dir + "/f"}})
		return r.ID, err
	}
	oldest, err := keepAt(now.Add(-3 * minRetention))
	do(t, err)
	old, err := keepAt(now.Add(-2 * minRetention))
	do(t, err)
	for i := range 2 {
		if _, err := keepAt(now); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	for _, id := range []string{oldest, old} {
		if _, err := s.Get(id); !errors.Is(err, errNoStep) {
			t.Errorf("%s made no room: %v", id, err)
		}
	}
	if _, err = keepAt(now); err == nil || !strings.Contains(notKept(t, err).Error(), "is full") {
		t.Errorf("young steps made room: %v", err)
	}
	if n, _, _ := s.Size(); n != 2 {
		t.Errorf("%d steps", n)
	}
}

func TestManySmallFiles(t *testing.T) {
	slowtest.Alone(t)
	s, dir := newStore(t, Limits{}), realTemp(t)
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	do(t, os.Mkdir(dir+"/d", 0o755))
	for i := range n {
		do(t, os.WriteFile(fmt.Sprintf("%s/d/%d", dir, i), nil, 0o644))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	kept := keepAll(t, s, Item{Path: dir + "/d"})
	runtime.ReadMemStats(&after)
	if kept.Files != n || after.HeapInuse > before.HeapInuse+16<<20 {
		t.Errorf("%d files, %d kB more in use", kept.Files, (after.HeapInuse-before.HeapInuse)>>10)
	}
	do(t, os.RemoveAll(dir+"/d"))
	restore(t, s, kept.ID)
	if list, _ := os.ReadDir(dir + "/d"); len(list) != n {
		t.Errorf("%d came back", len(list))
	}
}

// An agent that edits the store gets no further than the store's own steps.
func TestDamagedManifest(t *testing.T) {
	s, dir := newStore(t, Limits{}), realTemp(t)
	write(t, dir+"/f", "f")
	kept := keepAll(t, s, Item{Path: dir + "/f"})
	for _, text := range []string{"", "\n", "{}", "{\"v\":9}\n", "{\"v\":1}\nf h 99999999999999999999\n- 0 999999999999\nb -5 3\n\xff\xff\n", strings.Repeat("x", 1<<20)} {
		do(t, os.WriteFile(s.manifest(kept.ID), []byte(text), 0o600))
		report, err := s.Restore(context.Background(), []string{kept.ID}, nil, Options{})
		if err == nil && len(report.Changes) != 0 {
			t.Errorf("%.40q: %+v", text, report)
		}
	}
	if _, err := s.Recover(t.Context()); err == nil {
		t.Error("nothing is said of a damaged manifest")
	}
	if _, err := os.Stat(content(s.dir, kept.ID, 0)); err != nil {
		t.Errorf("the content of a damaged step was removed: %v", err)
	}
	if _, err := os.Stat(dir + "/f"); errors.Is(err, fs.ErrNotExist) {
		t.Error("a file that stood there is gone")
	}
}
