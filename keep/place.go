//go:build unix

package keep

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// A place is where the content of a step lies on one mount.
type place struct {
	n    int
	root string // has a directory for each step
	dir  int    // descriptor of the step's
	dev  uint64
	sub  int // descriptor of the directory that content goes to now
	subN int
}

// subSize is how many files lie in one directory: as many as ext4 keeps in one
// block, where a name is added fastest.
const subSize = 256

// places are those of one step; the first is the store itself.
type places struct {
	list []*place // an element is nil where the place cannot be reached
	// foreign are devices of which the store sees another mount.
	foreign map[uint64]bool
	byMount map[uint64]*place
}

func openPlace(n int, root, id string) (*place, error) {
	p := &place{n: n, root: root, sub: -1}
	dir := filepath.Join(root, id)
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("kept step %s: open %s: %w: check the state directory", id, dir, err)
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("kept step %s: stat: %w: check the disk", id, err)
	}
	p.dir, p.dev = fd, uint64(st.Dev)
	return p, nil
}

func (ps *places) open(root, id string) error {
	p, err := openPlace(0, root, id)
	if err != nil {
		return err
	}
	ps.list = []*place{p}
	return nil
}

// reopen takes up a place that an earlier writer used; one that is not there
// now is left alone.
func (ps *places) reopen(n int, root, id string) {
	for len(ps.list) <= n {
		ps.list = append(ps.list, nil)
	}
	if p, err := openPlace(n, root, id); err == nil {
		ps.list[n] = p
	}
}

// roots are the directories that have a directory of the step.
func (ps *places) roots() []string {
	var roots []string
	for _, p := range ps.list {
		if p != nil {
			roots = append(roots, p.root)
		}
	}
	return roots
}

func (ps *places) close() {
	for _, p := range ps.list {
		if p == nil {
			continue
		}
		if p.sub >= 0 {
			unix.Close(p.sub)
		}
		unix.Close(p.dir)
	}
	*ps = places{}
}

// in gives the directory that the content of entry n goes to.
func (p *place) in(n int) (int, error) {
	if p.sub >= 0 && p.subN == n/subSize {
		return p.sub, nil
	}
	fd, err := p.openSub(n, true)
	if err != nil {
		return -1, err
	}
	if p.sub >= 0 {
		unix.Close(p.sub)
	}
	p.sub, p.subN = fd, n/subSize
	return fd, nil
}

func (p *place) openSub(n int, create bool) (int, error) {
	name := strconv.Itoa(n / subSize)
	if create {
		if err := unix.Mkdirat(p.dir, name, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return -1, err
		}
	}
	return unix.Openat(p.dir, name, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
}

// content is where entry n of a step lies in a place.
func content(root, id string, n int) string {
	return filepath.Join(root, id, strconv.Itoa(n/subSize), strconv.Itoa(n))
}

// remove takes the content of entry n away.
func (p *place) remove(n int) error {
	err := unix.Unlinkat(p.dir, strconv.Itoa(n/subSize)+"/"+strconv.Itoa(n), 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// placeFor gives the place that a file in the open directory dir can be linked
// to, nil when there is none.
func (w *Writer) placeFor(dir int, dev uint64, path string) *place {
	ps := &w.places
	if dev == ps.list[0].dev && !ps.foreign[dev] {
		return ps.list[0]
	}
	mount, err := mountOf(dir)
	if err != nil {
		return nil
	}
	if ps.byMount == nil {
		ps.byMount = map[uint64]*place{}
		if own, err := mountOf(ps.list[0].dir); err == nil {
			ps.byMount[own] = ps.list[0]
		}
	}
	p, known := ps.byMount[mount]
	if !known {
		p = w.newPlace(filepath.Dir(path), mount)
		ps.byMount[mount] = p
	}
	return p
}

// newPlace makes a place on a mount, in the uppermost directory above dir where
// the user can: what is deeper is likelier to be taken away itself.
func (w *Writer) newPlace(dir string, mount uint64) *place {
	for _, at := range w.candidates(dir, mount) {
		root, err := w.store.makePlace(at)
		if err != nil || os.Mkdir(filepath.Join(root, w.id), 0o700) != nil {
			continue
		}
		p, err := openPlace(len(w.places.list), root, w.id)
		if err != nil {
			continue
		}
		if now, err := mountOf(p.dir); err != nil || now != mount {
			unix.Close(p.dir)
			continue
		}
		w.buf = appendRecord(w.buf, &record{kind: linePlace, place: p.n, path: root})
		w.places.list = append(w.places.list, p)
		return p
	}
	return nil
}

// candidates lists the directories on a mount that a place can be in, the best
// first. In a working tree it is the repository's own directory, which git
// clean does not look into.
func (w *Writer) candidates(dir string, mount uint64) []string {
	var up []string
	for d := dir; ; d = filepath.Dir(d) {
		fd, err := unix.Open(d, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err == nil {
			var now uint64
			now, err = mountOf(fd)
			unix.Close(fd)
			if err == nil && now != mount {
				break
			}
		}
		if err == nil {
			up = append(up, d)
		}
		if d == filepath.Dir(d) {
			break
		}
	}
	var list []string
	for i := len(up) - 1; i >= 0; i-- {
		if w.takes(up[i]) {
			break
		}
		if git := filepath.Join(up[i], ".git"); isPlainDir(git) && !w.takes(git) {
			list = append(list, git)
		}
		list = append(list, up[i])
	}
	return list
}

func isPlainDir(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

// makeIgnored keeps git from offering the store's files in a working tree.
func makeIgnored(root string) error {
	file, err := os.OpenFile(filepath.Join(root, ".gitignore"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.WriteString("*\n")
	return errors.Join(err, file.Close())
}
