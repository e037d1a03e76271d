//go:build unix

package keep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// noBundle is for refs whose commits others reach as well.
const noBundle = -1

// full is the ref's name in a repository; it tells a bundle's refs apart.
func (r *Ref) full(n int) string {
	switch r.Kind {
	case Branch:
		return "refs/heads/" + r.Name
	case Tag:
		return "refs/tags/" + r.Name
	case Tracking:
		return "refs/remotes/" + r.Name
	case RemoteTip:
		return "refs/remotes/" + r.Remote + "/" + r.Name
	}
	return "refs/" + string(r.Kind) + "/" + strconv.Itoa(n)
}

// keepGit bundles what only the given refs reach. It is made by a repository of
// our own that borrows the objects of the user's: no configuration, hook or
// filter of the latter is looked at, and no ref is written there.
func (w *itemRun) keepGit(loss *GitLoss) error {
	if len(loss.Refs) == 0 {
		return nil
	}
	repo, err := findRepository(loss.Dir)
	if err != nil {
		return err
	}
	for i := range loss.Refs {
		if err := loss.Refs[i].check(); err != nil {
			return err
		}
	}
	if err := w.open(); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Join(w.store.dir, w.id), "git-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	g, err := borrow(w.ctx, work, repo, loss.Refs[0].ID)
	if err != nil {
		return err
	}
	return w.bundle(g, repo, loss.Refs)
}

func (w *itemRun) bundle(g *gitCall, repo repository, refs []Ref) error {
	lost := make([]namedRef, len(refs))
	for i := range refs {
		lost[i] = namedRef{refs[i].full(i), refs[i].ID}
	}
	others, err := repo.refs()
	if err != nil {
		return err
	}
	others = slices.DeleteFunc(others, func(o namedRef) bool {
		return slices.ContainsFunc(refs, func(r Ref) bool { return r.covers(o) })
	})
	if err := g.setRefs(lost); err != nil {
		return err
	}
	revisions := revisionsOf(lost, g.have(others))
	charge, err := g.size(revisions)
	if err != nil {
		return err
	}
	if charge == 0 {
		return w.putRefs(repo, refs, noBundle, 0)
	}
	if err := w.room(charge); err != nil {
		return err
	}
	bundled := record{kind: lineRef, n: w.sums.next}
	file, err := w.places.list[0].create(&bundled)
	if err != nil {
		return err
	}
	path := content(w.store.dir, w.id, bundled.n)
	err = g.bundle(file, revisions)
	info, statErr := file.Stat()
	if err = errors.Join(err, statErr, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	w.spend(info.Size())
	return w.putRefs(repo, refs, bundled.n, info.Size())
}

// putRefs writes down the refs of a bundle, which is the first one's content.
func (w *itemRun) putRefs(repo repository, refs []Ref, bundle int, size int64) error {
	n := max(bundle, w.sums.next)
	for i := range refs {
		r := record{kind: lineRef, n: n + i, path: repo.lasting(), ref: refs[i]}
		r.ref.bundle = bundle
		if i == 0 {
			r.st.size = size
		}
		w.sums.files++
		w.sums.refs++
		if err := w.put(&r); err != nil {
			return err
		}
	}
	return nil
}

// covers reports a ref of the repository that the step takes away, and that
// does not count as keeping anything.
func (r *Ref) covers(o namedRef) bool {
	switch r.Kind {
	case Stash:
		return o.name == "refs/stash"
	case Detached:
		return o.name == "HEAD"
	}
	return o.name == r.full(0)
}

// check refuses what is no object id, and names that could be read as options
// or as more than one line.
func (r *Ref) check() error {
	if !isObjectID(r.ID) {
		return bound{fmt.Sprintf("%q is no object of git", r.ID)}
	}
	for _, name := range []string{r.Name, r.Remote} {
		if strings.ContainsAny(name, " \t\n\r\x00:^~?*[\\") || strings.HasPrefix(name, "-") || strings.Contains(name, "..") {
			return bound{fmt.Sprintf("%q is no name of a ref", name)}
		}
	}
	return nil
}

func isObjectID(id string) bool {
	if len(id) != 40 && len(id) != 64 {
		return false
	}
	return strings.Trim(id, "0123456789abcdef") == ""
}

func revisionsOf(lost, others []namedRef) []byte {
	var b bytes.Buffer
	for _, r := range lost {
		fmt.Fprintln(&b, r.name)
	}
	for _, r := range others {
		fmt.Fprintln(&b, "^"+r.id)
	}
	return b.Bytes()
}

// A gitCall runs git in a repository of our own.
type gitCall struct {
	ctx     context.Context
	program string
	dir     string
	env     []string
	objects string // of the user's repository
}

// borrow makes a repository in dir that has the objects of repo.
func borrow(ctx context.Context, dir string, repo repository, id string) (*gitCall, error) {
	program := gitProgram()
	if program == "" {
		return nil, bound{"git was not found where the system keeps it"}
	}
	config := "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
	if len(id) == 64 {
		config = "[core]\n\trepositoryformatversion = 1\n\tbare = true\n[extensions]\n\tobjectformat = sha256\n"
	}
	for _, sub := range []string{"refs", "objects/info"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	objects := filepath.Join(repo.common, "objects")
	files := map[string]string{"HEAD": "ref: refs/heads/none\n", "config": config, "objects/info/alternates": quoteAlternate(objects) + "\n"}
	if shallow, err := os.ReadFile(filepath.Join(repo.common, "shallow")); err == nil {
		files["shallow"] = string(shallow)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	return &gitCall{ctx: ctx, program: program, dir: dir, env: gitEnv("GIT_DIR=" + dir), objects: objects}, nil
}

// quoteAlternate spells a path so that git takes it as it is.
func quoteAlternate(path string) string {
	if !strings.ContainsAny(path, "\"\n\\") && !strings.HasPrefix(path, "#") {
		return path
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range []byte(path) {
		if c == '"' || c == '\\' || c < ' ' {
			fmt.Fprintf(&b, `\%03o`, c)
			continue
		}
		b.WriteByte(c)
	}
	return b.String() + `"`
}

// gitEnv is all that git is told: nothing of the user's configuration, nothing
// that asks or fetches.
func gitEnv(more ...string) []string {
	return append([]string{
		"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=restrain", "GIT_AUTHOR_EMAIL=", "GIT_COMMITTER_NAME=restrain", "GIT_COMMITTER_EMAIL=",
	}, more...)
}

// gitProgram finds git where the system keeps it. The agent's PATH is not
// asked: what it leads to would run outside the agent's session.
func gitProgram() string {
	for _, dir := range [...]string{"/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/bin"} {
		if info, err := os.Stat(dir + "/git"); err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return dir + "/git"
		}
	}
	return ""
}

func (g *gitCall) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(g.ctx, g.program, append([]string{
		"-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
	}, args...)...)
	cmd.Dir, cmd.Env = g.dir, g.env
	cmd.WaitDelay = time.Second
	return cmd
}

// run gives the output of git.
func (g *gitCall) run(input []byte, args ...string) ([]byte, error) {
	cmd := g.command(args...)
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	return out, g.failure(err, args)
}

func (g *gitCall) failure(err error, args []string) error {
	if err == nil {
		return nil
	}
	if g.ctx.Err() != nil {
		return g.ctx.Err()
	}
	said := ""
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		said, _, _ = strings.Cut(strings.TrimSpace(string(exit.Stderr)), "\n")
	}
	if said == "" {
		said = err.Error()
	}
	return fmt.Errorf("git %s: %s", args[0], said)
}

// setRefs makes refs in our own repository.
func (g *gitCall) setRefs(refs []namedRef) error {
	sorted := slices.Clone(refs)
	slices.SortFunc(sorted, func(a, b namedRef) int { return strings.Compare(a.name, b.name) })
	var b bytes.Buffer
	for _, r := range sorted {
		fmt.Fprintf(&b, "%s %s\n", r.id, r.name)
	}
	return os.WriteFile(filepath.Join(g.dir, "packed-refs"), b.Bytes(), 0o600)
}

// have leaves out refs whose objects are not there, at which git would stop.
func (g *gitCall) have(refs []namedRef) []namedRef {
	if len(refs) == 0 {
		return nil
	}
	var ids bytes.Buffer
	for _, r := range refs {
		fmt.Fprintln(&ids, r.id)
	}
	out, err := g.run(ids.Bytes(), "cat-file", "--batch-check=%(objecttype)")
	if err != nil {
		return nil // then the bundle has more than it needs
	}
	var list []namedRef
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i := range min(len(lines), len(refs)) {
		if lines[i] == "commit" || lines[i] == "tag" {
			list = append(list, refs[i])
		}
	}
	return list
}

// size is about what a bundle will take.
func (g *gitCall) size(revisions []byte) (int64, error) {
	out, err := g.run(revisions, "rev-list", "--objects", "--disk-usage", "--stdin")
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
}

// bundle writes the bundle of revisions to a file.
func (g *gitCall) bundle(file *os.File, revisions []byte) error {
	args := []string{"bundle", "create", "--quiet", "-", "--stdin"}
	cmd := g.command(args...)
	var said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(revisions), file, &said
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		exit.Stderr = said.Bytes()
	}
	return g.failure(err, args)
}
