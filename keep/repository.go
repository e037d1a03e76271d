//go:build unix

package keep

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// A repository is where git's files lie.
type repository struct {
	work   string // the working tree, or the repository itself
	own    string // what is the working tree's own: HEAD, the index
	common string // objects and refs
}

// findRepository finds the repository whose working tree is dir, or that dir
// is. It reads files only.
func findRepository(dir string) (repository, error) {
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return repository{}, err
	}
	r := repository{work: real, own: filepath.Join(real, ".git")}
	if text, err := readSmall(r.own); err == nil {
		link, ok := strings.CutPrefix(strings.TrimRight(text, "\r\n"), "gitdir: ")
		if !ok {
			return r, bound{"its .git is no link to a repository"}
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(real, link)
		}
		r.own = link
	} else if !isPlainDir(r.own) {
		r.own = real
	}
	r.common = r.own
	if text, err := readSmall(filepath.Join(r.own, "commondir")); err == nil {
		if r.common = strings.TrimRight(text, "\r\n"); !filepath.IsAbs(r.common) {
			r.common = filepath.Join(r.own, r.common)
		}
	}
	if !isPlainDir(filepath.Join(r.common, "objects")) {
		return r, bound{"it is no git repository"}
	}
	return r, nil
}

// lasting is where the repository will be found also when a linked working
// tree is gone.
func (r *repository) lasting() string {
	if r.own != r.common {
		return filepath.Clean(r.common)
	}
	return r.work
}

// maxSmall bounds files that hold a line.
const maxSmall = 64 << 10

// readSmall reads a regular file that is not large.
func readSmall(path string) (string, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return "", err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", fs.ErrInvalid
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSmall))
	return string(text), err
}

type namedRef struct{ name, id string }

// maxRefs bounds the refs of a repository that are looked at. With more, a
// bundle may have more in it than it needs.
const maxRefs = 50_000

// refs lists the refs of the repository, and HEAD where it is detached.
// Symbolic refs and other ways to store refs are left out, so that a bundle has
// rather too much than too little.
func (r *repository) refs() ([]namedRef, error) {
	var list []namedRef
	loose := map[string]bool{}
	root := filepath.Join(r.common, "refs")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return err
		}
		name := "refs" + strings.TrimPrefix(path, root)
		if text, err := readSmall(path); err == nil && isObjectID(strings.TrimSpace(text)) {
			list = append(list, namedRef{name, strings.TrimSpace(text)})
			loose[name] = true
		}
		if len(list) >= maxRefs {
			return fs.SkipAll
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if text, err := readSmall(filepath.Join(r.own, "HEAD")); err == nil && isObjectID(strings.TrimSpace(text)) {
		list = append(list, namedRef{"HEAD", strings.TrimSpace(text)})
	}
	return r.packedRefs(list, loose)
}

func (r *repository) packedRefs(list []namedRef, loose map[string]bool) ([]namedRef, error) {
	file, err := os.OpenFile(filepath.Join(r.common, "packed-refs"), os.O_RDONLY|unix.O_NONBLOCK, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	in := bufio.NewScanner(file)
	for in.Scan() && len(list) < maxRefs {
		id, name, ok := bytes.Cut(in.Bytes(), []byte{' '})
		if ok && isObjectID(string(id)) && !loose[string(name)] {
			list = append(list, namedRef{string(name), string(id)})
		}
	}
	return list, in.Err()
}

// ref gives the object that a ref names now; empty when there is none.
func (r *repository) ref(name string) (string, error) {
	text, err := readSmall(filepath.Join(r.common, name))
	if err == nil && isObjectID(strings.TrimSpace(text)) {
		return strings.TrimSpace(text), nil
	}
	list, err := r.packedRefs(nil, nil)
	if err != nil {
		return "", err
	}
	for _, ref := range list {
		if ref.name == name {
			return ref.id, nil
		}
	}
	return "", nil
}

// hasStash reports a commit that is in the list of stashes, which is the log of
// the ref refs/stash.
func (r *repository) hasStash(id string) bool {
	text, err := os.ReadFile(filepath.Join(r.common, "logs", "refs", "stash"))
	if err != nil {
		return false
	}
	for line := range bytes.Lines(text) {
		if words := bytes.SplitN(line, []byte{' '}, 3); len(words) == 3 && string(words[1]) == id {
			return true
		}
	}
	return false
}

// isStillThere reports a ref that the step did not take away.
func (r *Ref) isStillThere(dir string) bool {
	repo, err := findRepository(dir)
	if err != nil {
		return false
	}
	switch r.Kind {
	case Branch, Tag, Tracking:
		id, err := repo.ref(r.full(0))
		return err == nil && id == r.ID
	case Stash:
		return repo.hasStash(r.ID)
	}
	return false
}
