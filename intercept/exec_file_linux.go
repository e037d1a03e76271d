package intercept

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// A fileID is the identity of a file's content as far as the kernel tells it:
// it changes when the file is replaced or written.
type fileID struct {
	dev, ino     uint64
	size         int64
	mtime, ctime int64 // nanoseconds
}

// unlinked is the identity of a file that another link does not change.
func (f fileID) unlinked() fileID {
	f.ctime = 0
	return f
}

func (f fileID) inode() inode { return inode{f.dev, f.ino} }

type inode struct{ dev, ino uint64 }

func identify(fd int) (id fileID, mode uint32, err error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return fileID{}, 0, err
	}
	return fileID{uint64(st.Dev), st.Ino, st.Size, st.Mtim.Nano(), st.Ctim.Nano()}, st.Mode, nil
}

// facts is what a file's content says.
type facts struct {
	interp    string // of a `#!` file: the interpreter's path
	interpArg string // and its single argument
	script    bool   // begins with #!
	program   string // well-known path of the same content
	names     []string
}

// files remembers facts of files by identity.
type files struct {
	mu    sync.Mutex
	known *bounded[fileID, facts]
	index func() *programs
}

func newFiles() *files {
	return &files{known: newBounded[fileID, facts](4096), index: sync.OnceValue(func() *programs {
		return indexPrograms(append(systemDirs[:], filepath.SplitList(os.Getenv("PATH"))...))
	})}
}

// facts reads what is behind the O_PATH descriptor fd. A file that may not be
// read has none.
func (f *files) facts(fd int, id fileID) facts {
	f.mu.Lock()
	k, ok := f.known.get(id)
	f.mu.Unlock()
	if ok {
		return k
	}
	file, err := reopen(fd)
	if err != nil {
		return facts{}
	}
	defer file.Close()
	head := make([]byte, 256) // BINPRM_BUF_SIZE
	n, _ := io.ReadFull(file, head)
	k.interp, k.interpArg, k.script = shebang(string(head[:n]))
	k.program, k.names = f.index().lookup(id, file)
	f.mu.Lock()
	f.known.put(id, k)
	f.mu.Unlock()
	return k
}

// reopen opens an O_PATH descriptor for reading. Only regular files are asked
// for, so that nothing blocks and no device wakes.
func reopen(fd int) (*os.File, error) {
	path := "/proc/self/fd/" + strconv.Itoa(fd)
	r, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(r), path), nil
}

// readScript returns the first maxScript bytes of a regular file.
func readScript(fd int) (text string, cut bool) {
	file, err := reopen(fd)
	if err != nil {
		return "", false
	}
	defer file.Close()
	b, _ := io.ReadAll(io.LimitReader(file, maxScript+1))
	if len(b) > maxScript {
		return string(b[:maxScript]), true
	}
	return string(b), false
}

const maxScript = 256 << 10

// systemDirs hold the programs that a copy is compared with.
var systemDirs = [...]string{"/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/usr/local/sbin",
	"/usr/lib64", "/lib64", "/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"}

// programs is an index of the system's programs, for `cp /bin/rm ./x; ./x`.
type programs struct {
	byInode map[inode]int
	bySize  map[int64][]int
	list    []program
}

type program struct {
	path  string   // of the file itself rather than of a link to it
	names []string // base names under which it is installed
	size  int64
	sum   func() ([sha256.Size]byte, error)
}

// indexPrograms lists the executables of dirs. Of the libraries only the
// dynamic loader counts.
func indexPrograms(dirs []string) *programs {
	x := &programs{byInode: map[inode]int{}, bySize: map[int64][]int{}}
	read := map[inode]bool{} // /bin is /usr/bin on most systems, and both are in PATH
	for _, dir := range dirs {
		var st unix.Stat_t
		if !filepath.IsAbs(dir) || unix.Stat(dir, &st) != nil || read[inode{uint64(st.Dev), st.Ino}] {
			continue
		}
		read[inode{uint64(st.Dev), st.Ino}] = true
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		libraries := strings.Contains(dir, "lib")
		for _, e := range entries {
			if libraries && !isLoader(e.Name()) {
				continue
			}
			x.add(filepath.Join(dir, e.Name()), e)
		}
	}
	if own, err := os.Executable(); err == nil { // whatever a copy of it is called
		if info, err := os.Stat(own); err == nil {
			x.add(own, fs.FileInfoToDirEntry(info))
		}
	}
	return x
}

func (x *programs) add(path string, e os.DirEntry) {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || st.Mode&0o111 == 0 || st.Size == 0 {
		return
	}
	id := inode{uint64(st.Dev), st.Ino}
	i, ok := x.byInode[id]
	if !ok {
		i = len(x.list)
		x.byInode[id] = i
		x.bySize[st.Size] = append(x.bySize[st.Size], i)
		x.list = append(x.list, program{path: path, size: st.Size, sum: sync.OnceValues(func() ([sha256.Size]byte, error) {
			file, err := os.Open(path)
			if err != nil {
				return [sha256.Size]byte{}, err
			}
			defer file.Close()
			return sumOf(file)
		})})
	}
	p := &x.list[i]
	p.names = append(p.names, e.Name())
	if ok && e.Type().IsRegular() && filepath.Base(p.path) != e.Name() && !regular(p.path) {
		p.path = path
	}
}

func regular(path string) bool {
	fi, err := os.Lstat(path)
	return err == nil && fi.Mode().IsRegular()
}

// lookup finds the program that file is, or is a copy of.
func (x *programs) lookup(id fileID, file io.Reader) (path string, names []string) {
	if i, ok := x.byInode[id.inode()]; ok {
		return x.list[i].path, x.list[i].names
	}
	candidates := x.bySize[id.size]
	if len(candidates) == 0 || id.size > maxHashed {
		return "", nil
	}
	sum, err := sumOf(file)
	if err != nil {
		return "", nil
	}
	for _, i := range candidates {
		if other, err := x.list[i].sum(); err == nil && other == sum {
			return x.list[i].path, x.list[i].names
		}
	}
	return "", nil
}

const maxHashed = 256 << 20

// sumOf hashes a whole file, wherever its offset is.
func sumOf(r io.Reader) (sum [sha256.Size]byte, err error) {
	if s, ok := r.(io.Seeker); ok {
		if _, err := s.Seek(0, io.SeekStart); err != nil {
			return sum, err
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(h.Sum(nil)), nil
}
