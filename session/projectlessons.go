package session

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"restrain/gate"
	"restrain/trust"
)

// ProjectDir is the project that the working directory is in: the nearest
// directory with a git repository, or the working directory itself. Empty when
// that is not known.
func ProjectDir() string {
	here, err := os.Getwd()
	if err != nil {
		return ""
	}
	return ProjectRoot(here)
}

// LessonsPath is where the lessons of a project are kept.
func LessonsPath(getenv func(string) string, project string) (string, error) {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(project))
	return filepath.Join(stateDir, "baselines", hex.EncodeToString(sum[:8])+".txt"), nil
}

// LoadLessons reads what the sessions of a project have taught; nil when there
// is nothing. Damaged lessons are an error: restrain does not start on a guess.
func LoadLessons(getenv func(string) string, project string) (*trust.Lessons, error) {
	path, err := LessonsPath(getenv, project)
	if err != nil || project == "" {
		return nil, nil // the session's own directory says so
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil // without a state directory the journal says what is wrong
	}
	var lessons *trust.Lessons
	if err == nil {
		lessons, err = trust.ParseLessons(text)
	}
	if err == nil && lessons.Project != project {
		err = fmt.Errorf("they are those of %s", lessons.Project)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w; remove them with restrain learn --revert", path, err)
	}
	return lessons, nil
}

// SaveLessons replaces the lessons of a project in one step.
func SaveLessons(path string, lessons *trust.Lessons) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("cannot keep the lessons: %w; check the state directory", err)
	}
	temporary := path + ".new"
	err := os.WriteFile(temporary, lessons.Encode(), 0o600)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return fmt.Errorf("cannot keep the lessons: %w; check the state directory", err)
	}
	return nil
}
