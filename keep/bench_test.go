//go:build unix

package keep

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// cpu reports the processor's time beside the clock's, which also shows what
// else the machine does.
func cpu(b *testing.B) func() {
	used := func() int64 {
		var u unix.Rusage
		do(b, unix.Getrusage(unix.RUSAGE_SELF, &u))
		return unix.TimevalToNsec(u.Utime) + unix.TimevalToNsec(u.Stime)
	}
	start := used()
	return func() { b.ReportMetric(float64(used()-start)/float64(b.N), "cpu-ns/op") }
}

func makeFiles(b *testing.B, dir string, n, size int) []string {
	b.Helper()
	text := strings.Repeat("x", size)
	paths := make([]string, n)
	for i := range paths {
		paths[i] = fmt.Sprintf("%s/%d/%d", dir, i%16, i)
		write(b, paths[i], text)
	}
	return paths
}

// BenchmarkKeep keeps 1,000 files of 10 kB, by link and by copy.
func BenchmarkKeep(b *testing.B) {
	for _, by := range []string{"link", "copy"} {
		b.Run(by, func(b *testing.B) {
			s, dir := newStore(b, Limits{TotalBytes: 1 << 50}), realTemp(b)+"/d"
			makeFiles(b, dir, 1000, 10<<10)
			b.ReportAllocs()
			for b.Loop() {
				r, err := s.Keep(b.Context(), Step{}, []Item{{Path: dir, InPlace: by == "copy"}})
				if err != nil || r.Files != 1000 {
					b.Fatal(r, err)
				}
				b.StopTimer()
				do(b, s.Drop(r.ID))
				b.StartTimer()
			}
		})
	}
}

// BenchmarkAdd keeps single files, one by one.
func BenchmarkAdd(b *testing.B) {
	s, dir := newStore(b, Limits{StepFiles: 1 << 30, StepBytes: 1 << 50, TotalBytes: 1 << 50}), realTemp(b)+"/d"
	paths := makeFiles(b, dir, 10_000, 100)
	w := s.Begin(Step{})
	do(b, w.Add(paths[0], false))
	defer cpu(b)()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		if i++; i%30_000 == 0 { // a file system bounds the names of one file
			b.StopTimer()
			id := w.ID()
			do(b, w.Close())
			do(b, s.Drop(id))
			w = s.Begin(Step{})
			do(b, w.Add(paths[0], false))
			b.StartTimer()
		}
		if err := w.Add(paths[i%len(paths)], false); err != nil {
			b.Fatal(err)
		}
	}
	do(b, w.Close())
}

// BenchmarkAddGone is the witness's commonest case: there is no such file yet.
func BenchmarkAddGone(b *testing.B) {
	s, dir := newStore(b, Limits{}), realTemp(b)
	w := s.Begin(Step{})
	defer cpu(b)()
	b.ReportAllocs()
	for b.Loop() {
		do(b, w.Add(dir+"/not there", false))
	}
}

// BenchmarkRestore gives back 1,000 files of 10 kB.
func BenchmarkRestore(b *testing.B) {
	s, dir := newStore(b, Limits{TotalBytes: 1 << 50}), realTemp(b)+"/d"
	makeFiles(b, dir, 1000, 10<<10)
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		r, err := s.Keep(b.Context(), Step{}, []Item{{Path: dir}})
		do(b, err)
		do(b, os.RemoveAll(dir))
		b.StartTimer()
		report, err := s.Restore(b.Context(), []string{r.ID}, nil, Options{})
		if err != nil || report.Count(Created) < 1000 {
			b.Fatal(report, err)
		}
	}
}

// BenchmarkList lists 200 kept steps.
func BenchmarkList(b *testing.B) {
	s, dir := newStore(b, Limits{}), realTemp(b)
	write(b, dir+"/f", "text")
	for i := range 200 {
		_, err := s.Keep(b.Context(), Step{Number: i, Time: time.Unix(int64(i), 0)}, []Item{{Path: dir + "/f"}})
		do(b, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if list, err := s.List(Filter{}); err != nil || len(list) != 200 {
			b.Fatal(len(list), err)
		}
	}
}

// BenchmarkFloor is what the system calls alone cost: a link of a file in
// another directory, in one process.
func BenchmarkFloor(b *testing.B) {
	dir := realTemp(b)
	write(b, dir+"/f", "text")
	defer cpu(b)()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		var raw unix.Stat_t
		do(b, unix.Lstat(dir+"/f", &raw))
		path := fmt.Sprint(dir, "/", i%50_000)
		if i++; i > 50_000 {
			do(b, os.Remove(path))
		}
		do(b, os.Link(dir+"/f", path))
	}
}
