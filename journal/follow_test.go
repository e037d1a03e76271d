//go:build unix

package journal

import (
	"errors"
	"os"
	"testing"
)

func TestFollower(t *testing.T) {
	path, content := write(t, 5)
	growing := path + ".growing"
	out, err := os.Create(growing)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	in, err := os.Open(growing)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	f := NewFollower(in, 0)
	next := func(limit, want int) {
		t.Helper()
		first := f.Offset()
		n, err := f.Next(limit, func(e Entry) error {
			if e.Session == "" {
				t.Errorf("an entry without a session at %d", first)
			}
			return nil
		})
		if err != nil || n != want {
			t.Errorf("got %d entries, %v; want %d", n, err, want)
		}
	}
	next(10, 0)
	out.Write(content[:len(content)-3]) // the last entry is not finished
	next(2, 2)
	next(10, 2)
	next(10, 0)
	out.Write(content[len(content)-3:])
	stop := errors.New("stop")
	if _, err := f.Next(10, func(Entry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error %v, want the caller's", err)
	}
	next(10, 1) // what was not taken comes again
	if f.Offset() != int64(len(content)) {
		t.Errorf("offset %d of %d", f.Offset(), len(content))
	}
	out.WriteString("no entry\n")
	var broken *BrokenError
	if _, err := f.Next(10, func(Entry) error { return nil }); !errors.As(err, &broken) || broken.Problem != BadJSON {
		t.Errorf("error %v, want a broken entry", err)
	}
}
