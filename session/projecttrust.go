package session

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"restrain/classify"
	"restrain/gate"
	"restrain/platform"
)

// TrustMark is the file whose being there says that a human trusts the file at
// path with this text.
func TrustMark(getenv func(string) string, path string, text []byte) (string, error) {
	stateDir, err := gate.StateDir(getenv)
	if err != nil {
		return "", err
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "%d %s\n", len(path), path)
	digest.Write(text)
	return filepath.Join(stateDir, "trusted", hex.EncodeToString(digest.Sum(nil))), nil
}

// loadProject lays a project's file over the rules: as the user's own when a
// human has trusted it, else so that it can only tighten.
func loadProject(getenv func(string) string) func(*classify.Set, string, []byte) (*classify.Set, error) {
	return func(base *classify.Set, path string, text []byte) (*classify.Set, error) {
		mark, err := TrustMark(getenv, path, text)
		if err == nil && onlyOurs(filepath.Dir(mark), fs.ModeDir) && onlyOurs(mark, 0) {
			return classify.LoadTrusted(base, path, text)
		}
		return classify.LoadTighter(base, path, text)
	}
}

// onlyOurs reports whether what lies at path is of the type, and nobody but
// this user can write it.
func onlyOurs(path string, kind fs.FileMode) bool {
	info, err := os.Lstat(path)
	return err == nil && info.Mode().Type() == kind && platform.OnlyOurs(path)
}
