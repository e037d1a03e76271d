package gate

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// A hook and a shell of one agent are one session, whichever came first and
// whichever process each is of.
func TestSessionFor(t *testing.T) {
	const task, other = "claude:5f0c1a52-0000", "claude:77777777-0000"
	tests := []struct {
		name  string
		calls [][3]string // process, task, the letter of the session
	}{
		{"a process alone", [][3]string{{"boot-1-1", "", "a"}, {"boot-1-1", "", "a"}, {"boot-2-2", "", "b"}}},
		{"two processes of a task", [][3]string{{"boot-1-1", task, "a"}, {"boot-2-2", task, "a"}, {"boot-2-2", "", "a"}}},
		{"a process that comes to know its task", [][3]string{{"boot-1-1", "", "a"}, {"boot-1-1", task, "a"}, {"boot-2-2", task, "a"}}},
		{"a task that is not the process's", [][3]string{{"boot-1-1", task, "a"}, {"boot-1-1", other, "a"}, {"boot-3-3", other, "a"}}},
		{"a command that names another's task", [][3]string{{"boot-1-1", task, "a"}, {"boot-2-2", other, "b"}, {"boot-2-2", task, "b"}}},
		{"two tasks", [][3]string{{"boot-1-1", task, "a"}, {"boot-2-2", other, "b"}, {"boot-3-3", task, "a"}}},
		{"a task that is no unique name", [][3]string{{"boot-1-1", "s:1", "a"}, {"boot-2-2", "s:1", "b"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			letters := map[string]string{}
			for i, call := range tt.calls {
				id, err := SessionFor(dir, call[0], call[1])
				if err != nil {
					t.Fatal(err)
				}
				if err := os.MkdirAll(filepath.Join(SessionsDir(dir), id), 0o700); err != nil {
					t.Fatal(err)
				}
				if have, ok := letters[id]; ok && have != call[2] || !ok && contains(letters, call[2]) {
					t.Errorf("call %d: session %s, want that of %s", i, id, call[2])
				}
				letters[id] = call[2]
			}
		})
	}
}

func contains(m map[string]string, value string) bool {
	for _, have := range m {
		if have == value {
			return true
		}
	}
	return false
}

// Doors that are called at the same time agree.
func TestSessionForAtOnce(t *testing.T) {
	dir := t.TempDir()
	ids := make([]string, 16)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			id, err := SessionFor(dir, "boot-process-"+string(rune('a'+i)), "cursor:conversation")
			if err != nil {
				t.Error(err)
			}
			ids[i] = id
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Fatalf("sessions %q", ids)
		}
	}
}

// A link that was tampered with leads nowhere.
func TestSessionForDamaged(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, aliasDir), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../../etc", filepath.Join(dir, aliasDir, nameOf("cursor:conversation"))); err != nil {
		t.Fatal(err)
	}
	id, err := SessionFor(dir, "boot-1-1", "cursor:conversation")
	if err != nil || id != nameOf("boot-1-1") {
		t.Errorf("%q, %v", id, err)
	}
}

// What is removed is the session and every name that leads to it, and no other's.
func TestRemoveSession(t *testing.T) {
	dir := t.TempDir()
	const task, other = "claude:5f0c1a52-0000", "claude:77777777-0000"
	session := func(process, task string) string {
		id, err := SessionFor(dir, process, task)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(SessionsDir(dir), id), 0o700); err != nil {
			t.Fatal(err)
		}
		return id
	}
	gone, stays := session("boot-1-1", task), session("boot-2-2", other)
	session("boot-3-3", task)
	session("boot-4-4", other)
	if err := os.WriteFile(JournalPath(dir, gone), []byte("{}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := RemoveSession(dir, gone); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(SessionsDir(dir), gone)); !os.IsNotExist(err) {
		t.Errorf("the session is still there: %v", err)
	}
	names, err := os.ReadDir(filepath.Join(dir, aliasDir))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if id, ok := linked(dir, name.Name()); !ok || id != stays {
			t.Errorf("the name %s leads to %s", name.Name(), id)
		}
	}
	if len(names) != 2 {
		t.Errorf("%d names are left, want the 2 of the other session", len(names))
	}
	for _, id := range []string{"", ".", "..", "../grants.jsonl", "zz00000000000000", stays + "/.."} {
		if err := RemoveSession(dir, id); err == nil {
			t.Errorf("%q was removed", id)
		}
	}
	if _, err := os.Lstat(filepath.Join(SessionsDir(dir), stays)); err != nil {
		t.Error(err)
	}
}
