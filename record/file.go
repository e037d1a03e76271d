package record

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"restrain/platform"
)

// A record is a file of two lines of JSON: its standing, which is all that the
// start of a session reads, and the record.

// A Standing is what a new session has to know of the agent's record.
type Standing struct {
	Poor float64 `json:"poor"` // 0 to 1
	// Said is what a human is told at the start; empty for nothing.
	Said string `json:"said,omitempty"`
	// Open are sessions that have no end of their own, and are not counted yet.
	Open []string `json:"open,omitempty"`
}

const (
	maxStanding = 4 << 10
	maxFile     = 4 << 20
	maxOpen     = 8
	suffix      = ".json"
)

// Dir is where the records are, below the state directory.
func Dir(stateDir string) string { return filepath.Join(stateDir, "records") }

func path(stateDir, agent, project string) string {
	sum := sha256.Sum256([]byte(agent + "\x00" + project))
	return filepath.Join(Dir(stateDir), hex.EncodeToString(sum[:8])+suffix)
}

// Stand reads the standing of an agent in a project. It costs the same whatever
// the agent has done; one that cannot be read is nobody's.
func Stand(stateDir, agent, project string) Standing {
	var s Standing
	file, err := os.Open(path(stateDir, agent, project))
	if err != nil {
		return s
	}
	defer file.Close()
	line, err := bufio.NewReaderSize(file, maxStanding).ReadSlice('\n')
	if err != nil || json.Unmarshal(line, &s) != nil {
		return Standing{}
	}
	return s
}

// Update changes the record of an agent in a project, which begins empty, with
// exclusive use of it.
func Update(stateDir, agent, project string, change func(*Record, *Standing)) (err error) {
	if err := os.MkdirAll(Dir(stateDir), 0o700); err != nil {
		return fmt.Errorf("record: %w; check the state directory", err)
	}
	lock, err := platform.OpenFile(filepath.Join(Dir(stateDir), "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("record: %w; check the state directory", err)
	}
	defer lock.Close()
	if err := platform.Lock(lock); err != nil {
		return fmt.Errorf("record: lock: %w; use a file system that can lock", err)
	}
	name := path(stateDir, agent, project)
	standing, r, err := load(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	r.Agent, r.Project = agent, project
	change(r, &standing)
	return save(name, &standing, r)
}

func load(name string) (s Standing, r *Record, err error) {
	r = &Record{}
	file, err := os.Open(name)
	if err != nil {
		return s, r, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err == nil {
		first, rest, _ := bytes.Cut(text, []byte("\n"))
		err = errors.Join(json.Unmarshal(first, &s), json.Unmarshal(rest, r))
	}
	if err != nil {
		return Standing{}, &Record{}, fmt.Errorf("record %s: %w; make it anew with restrain record --rebuild", name, err)
	}
	for i := range r.Days {
		if r.Days[i].Tokens == nil {
			r.Days[i].Tokens = map[string]int{}
		}
	}
	return s, r, nil
}

func save(name string, s *Standing, r *Record) error {
	s.Open = s.Open[max(0, len(s.Open)-maxOpen):]
	head, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("record: %w; report this as a defect", err)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("record: %w; report this as a defect", err)
	}
	text := append(append(append(head, '\n'), body...), '\n')
	if len(head) >= maxStanding || len(text) > maxFile {
		return fmt.Errorf("record: %d bytes are too many: report this as a defect", len(text))
	}
	if err = os.WriteFile(name+".new", text, 0o600); err == nil {
		err = os.Rename(name+".new", name)
	}
	if err != nil {
		return fmt.Errorf("record: %w; make room on the disk, or check the state directory", err)
	}
	return nil
}

// All reads the records that there are. Those that are damaged are left out, and
// the error says which.
func All(stateDir string) ([]*Record, error) {
	entries, err := os.ReadDir(Dir(stateDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("records: %w; check the state directory", err)
	}
	var list []*Record
	var damaged error
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), suffix) {
			continue
		}
		_, r, err := load(filepath.Join(Dir(stateDir), entry.Name()))
		if err != nil {
			damaged = errors.Join(damaged, err)
			continue
		}
		list = append(list, r)
	}
	return list, damaged
}

// Clear forgets all records.
func Clear(stateDir string) error {
	if err := os.RemoveAll(Dir(stateDir)); err != nil {
		return fmt.Errorf("records: %w; check the state directory", err)
	}
	return nil
}
