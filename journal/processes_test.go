//go:build unix

package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

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
