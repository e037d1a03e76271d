//go:build unix

package keep

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"restrain/internal/slowtest"
)

// The environment of a child that keeps, takes away and is killed at it.
const (
	childDir   = "RESTRAIN_KEEP_CHILD"
	childBytes = "RESTRAIN_KEEP_CHILD_BYTES"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		bytes, _ := strconv.Atoi(os.Getenv(childBytes))
		if err := takeAway(dir, bytes); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// takeAway does what a session does: it keeps a tree and single files, takes
// them away, settles and gives some back. With bytes it is killed when it has
// written so many to a manifest.
func takeAway(dir string, bytes int) error {
	s, err := Open(dir+"/state", Limits{})
	if err != nil {
		return err
	}
	if bytes > 0 {
		s.write = func(fd int, p []byte) (int, error) {
			if bytes -= len(p); bytes <= 0 {
				_, _ = unix.Write(fd, p[:max(len(p)+bytes, 0)])
				_ = unix.Kill(os.Getpid(), unix.SIGKILL)
			}
			return unix.Write(fd, p)
		}
	}
	ctx := context.Background()
	w := s.Begin(Step{Session: "single"})
	for i := 0; ; i++ {
		path := fmt.Sprintf("%s/work/single/%d", dir, i)
		if _, err := os.Lstat(path); err != nil {
			break
		}
		inPlace := i%3 == 0
		if err := w.Add(path, inPlace); err != nil {
			return err
		}
		if inPlace {
			err = os.Truncate(path, 0)
		} else {
			err = os.Remove(path)
		}
		if err != nil {
			return err
		}
		fmt.Println(path)
	}
	if err := w.Settle(ctx); err != nil {
		return err
	}
	r, err := s.Keep(ctx, Step{Session: "tree"}, []Item{{Path: dir + "/work/tree"}})
	if err == nil {
		fmt.Println("kept the tree")
		err = os.RemoveAll(dir + "/work/tree")
	}
	if err == nil {
		fmt.Println("removed the tree")
		_, err = s.Restore(ctx, []string{r.ID}, nil, Options{})
	}
	fmt.Println("gave it back")
	return errors.Join(err, w.Close())
}

// TestKilledAtAnyMoment kills a process that keeps, at any moment and at any
// byte of a manifest: what it took away is given back, all of it.
func TestKilledAtAnyMoment(t *testing.T) {
	slowtest.Long(t)
	for try := range 12 {
		dir := realTemp(t)
		for i := range 40 {
			write(t, fmt.Sprintf("%s/work/single/%d", dir, i), strings.Repeat(fmt.Sprint(i, " "), i))
			write(t, fmt.Sprintf("%s/work/tree/%d/%d", dir, i%3, i), fmt.Sprint("tree ", i))
		}
		before := files(t, dir+"/work")
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), childDir+"="+dir)
		if try%2 == 0 {
			child.Env = append(child.Env, fmt.Sprint(childBytes, "=", 1+rand.IntN(16_000)))
		}
		killChild(t, child, rand.IntN(44))
		s, err := Open(dir+"/state", Limits{})
		do(t, err)
		found, err := s.Recover(t.Context())
		if err != nil {
			t.Errorf("recover: %v", err)
		}
		if again, err := s.Recover(t.Context()); err != nil || again.Any() {
			t.Errorf("recovering again found %+v, %v, after %+v", again, err, found)
		}
		list, err := s.List(Filter{Waiting: true})
		do(t, err)
		for i := range list {
			if list[i].Running || list[i].Unfinished {
				t.Errorf("after recovering: %+v", list[i])
			}
			restore(t, s, list[i].ID)
		}
		sameTree(t, before, files(t, dir+"/work"))
		checkTotal(t, s)
	}
}

// killChild kills the child after so many lines, if it lives so long.
func killChild(t *testing.T, child *exec.Cmd, lines int) {
	t.Helper()
	out, err := child.StdoutPipe()
	do(t, err)
	var said strings.Builder
	child.Stderr = &said
	do(t, child.Start())
	in := bufio.NewScanner(out)
	for range lines {
		if !in.Scan() {
			break
		}
	}
	_ = child.Process.Kill() // it may have ended
	err = child.Wait()
	if said.Len() > 0 {
		t.Errorf("the child: %v: %s", err, said.String())
	}
}

// files are the contents of all files below a directory.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	do(t, filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil || !info.Mode().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all[path] = string(text) + info.ModTime().String()
		return err
	}))
	return all
}

// checkTotal wants the sums of the store, its manifests and its total to agree.
func checkTotal(t *testing.T, s *Store) {
	t.Helper()
	want, err := s.sum()
	do(t, err)
	do(t, s.changeTotal(func(total int64) (int64, error) {
		if total < want {
			t.Errorf("the total is %d, the steps hold %d", total, want)
		}
		return total, nil
	}))
	list, err := s.List(Filter{})
	do(t, err)
	for i := range list {
		m, err := s.read(list[i].ID)
		do(t, err)
		if m.sums.bytes != list[i].Bytes || m.sums.files != list[i].Files || m.sums.dirs != list[i].Dirs || m.sums.refs != list[i].Refs {
			t.Errorf("%s: the end says %+v, the lines %+v", list[i].ID, list[i], m.sums)
		}
	}
}
