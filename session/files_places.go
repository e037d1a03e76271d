package session

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
)

// filePlaces are the directories that matter to what is taken away. All are
// absolute and without links on the way.
type filePlaces struct {
	home string
	work string   // the repository that the agent works in, or its directory
	own  []string // restrain's own
	temp []string
	// caches are what tools fill again, packages what the system's package
	// manager does.
	caches, packages []string
}

func placesOf(getenv func(string) string, dir string) filePlaces {
	if dir == "" {
		dir, _ = os.Getwd() // without one, nothing is in it
	}
	p := filePlaces{home: resolveLinks(getenv("HOME")), work: resolveLinks(classify.NewLive(dir, os.LookupEnv).Workspace())}
	if state, err := gate.StateDir(getenv); err == nil {
		p.own = append(p.own, resolveLinks(state))
	}
	if rules := RulesPath(getenv); rules != "" {
		p.own = append(p.own, resolveLinks(filepath.Dir(rules)))
	}
	if runtime := getenv("XDG_RUNTIME_DIR"); runtime != "" {
		p.own = append(p.own, resolveLinks(filepath.Join(runtime, "restrain")))
	}
	for _, dir := range [...]string{"/tmp", "/var/tmp", "/dev/shm", os.TempDir()} {
		p.temp = append(p.temp, resolveLinks(dir))
	}
	for _, dir := range [...]string{".cache", ".npm/_cacache", ".cargo/registry", "go/pkg/mod", ".gradle/caches", ".m2/repository"} {
		if p.home != "" {
			p.caches = append(p.caches, resolveLinks(filepath.Join(p.home, dir)))
		}
	}
	for _, dir := range [...]string{"/usr", "/bin", "/sbin", "/lib", "/lib64", "/boot", "/var/lib", "/var/cache"} {
		p.packages = append(p.packages, resolveLinks(dir))
	}
	return p
}

// resolveLinks follows the links of a path as far as there is something.
func resolveLinks(path string) string {
	if path == "" {
		return ""
	}
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	if dir := filepath.Dir(path); dir != path {
		return filepath.Join(resolveLinks(dir), filepath.Base(path))
	}
	return path
}

// youngTime is how young files in a temporary directory are that nobody misses.
const youngTime = 24 * time.Hour

// isYoung reports a file in a temporary directory that was made and changed
// lately. What the agent works in is no such place, wherever it is.
func (p *filePlaces) isYoung(t *intercept.File, now time.Time) bool {
	since := now.Add(-youngTime)
	if t.Born.Before(since) || t.Modified.Before(since) || isBelow(t.Path, p.work) {
		return false
	}
	return isBelowAny(t.Path, p.temp)
}

// isCache reports what tools fill again. What the agent works in is none.
func (p *filePlaces) isCache(path string) bool {
	return isBelowAny(path, p.caches) && !isBelow(path, p.work)
}

// isPackage reports what the system's package manager has the last word on.
func (p *filePlaces) isPackage(path string) bool {
	return isBelowAny(path, p.packages) && !isBelow(path, "/usr/local")
}

func isBelowAny(path string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return isBelow(path, dir) })
}

// isOwn reports what is restrain's own, or holds it.
func (p *filePlaces) isOwn(path string) bool { return p.ownDir(path) != "" }

// ownDir is the directory of restrain's own that a path is in, or the path when it
// holds one; "" for neither.
func (p *filePlaces) ownDir(path string) string {
	for _, dir := range p.own {
		switch {
		case isBelow(path, dir):
			return dir
		case isBelow(dir, path):
			return path
		}
	}
	if filepath.Base(path) == ProjectRules {
		return path
	}
	if before, after, ok := strings.Cut(path, "/"+keptPrefix); ok {
		name, _, _ := strings.Cut(after, "/")
		return before + "/" + keptPrefix + name
	}
	return ""
}

// keptPrefix begins the name of the directories in which the store keeps what is
// on another file system.
const keptPrefix = ".restrain-kept-"

// rootOf is what is asked about for a file that must not go unasked: the whole
// that it is a part of.
func (p *filePlaces) rootOf(path string) string {
	if dir := p.ownDir(path); dir != "" {
		return dir
	}
	if repository, ok := gitDirOf(path); ok {
		return filepath.Join(repository, ".git")
	}
	return path
}

// treeOf is what is asked about for a file that cannot be kept: its directory, or
// the file where that holds more than one would take away as a whole.
func (p *filePlaces) treeOf(path string) string {
	dir := filepath.Dir(path)
	for _, large := range append([]string{p.home, p.work}, p.temp...) {
		if isBelow(large, dir) {
			return path
		}
	}
	return dir
}

// gitDirOf is the working tree whose .git a path is or lies in.
func gitDirOf(path string) (root string, ok bool) {
	root, _, ok = strings.Cut(path+"/", "/.git/")
	return root, ok
}

// isBelow reports that a clean path is a directory or lies below it.
func isBelow(path, dir string) bool {
	rest, ok := strings.CutPrefix(path, dir)
	return ok && dir != "" && (rest == "" || rest[0] == '/' || dir == "/")
}
