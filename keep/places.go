//go:build unix

package keep

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// placesDir is what the directories on other mounts are called; each store has
// one of its own in there.
func placesDir() string { return fmt.Sprintf(".restrain-kept-%d", os.Geteuid()) }

// key tells the store from others that use the same mounts. It is made when it
// is first asked for.
func (s *Store) key() (string, error) {
	file, err := s.lockFile("key")
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, idLen))
	if err == nil && !isID(string(text)) {
		text = []byte(newID())
		_, err = file.WriteAt(text, 0)
	}
	if err != nil {
		return "", fmt.Errorf("store of kept files: %w: make room on the disk", err)
	}
	return string(text), nil
}

// makePlace makes the directory of this store in a directory of another mount.
func (s *Store) makePlace(at string) (root string, err error) {
	key, err := s.key()
	if err != nil {
		return "", err
	}
	all := filepath.Join(at, placesDir())
	root = filepath.Join(all, key)
	for _, make := range []func() error{
		func() error { return makePrivate(all) },
		func() error { return makeIgnored(all) },
		func() error { return makePrivate(root) },
		func() error { return s.notePlace(root) },
	} {
		if err := make(); err != nil {
			return "", err
		}
	}
	return root, nil
}

// isPlace reports a directory that can only be one of this store's.
func (s *Store) isPlace(root string) bool {
	key, err := s.key()
	all := filepath.Dir(root)
	return err == nil && filepath.Base(root) == key && filepath.Base(all) == placesDir() && isPlainDir(all) && isPlainDir(root)
}

// notePlace writes down that a directory on another mount is in use, so that
// Recover looks there.
func (s *Store) notePlace(root string) error {
	file, err := s.lockFile("places")
	if err != nil {
		return err
	}
	defer file.Close()
	known, err := readPlaces(file)
	if err != nil || slices.Contains(known, root) {
		return err
	}
	if _, err = file.Seek(0, 2); err == nil {
		_, err = fmt.Fprintf(file, "%q\n", root)
	}
	return err
}

// maxPlaces bounds how many directories on other mounts are remembered.
const maxPlaces = 256

func readPlaces(file *os.File) ([]string, error) {
	var list []string
	in := bufio.NewScanner(file)
	for in.Scan() && len(list) < maxPlaces {
		f := fields{rest: " " + in.Text()}
		if root := f.text(); !f.failed {
			list = append(list, root)
		}
	}
	return list, in.Err()
}
