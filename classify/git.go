package classify

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// askGit adds what git knows of a path in its working tree. When git does not
// answer in time, or the repository's configuration could make it run programs,
// nobody has asked it.
func (t TargetInfo) askGit(ctx context.Context, tree *gitTree, path string) TargetInfo {
	out, ok := tree.status(ctx, path)
	if !ok {
		t.Unasked = true
		return t
	}
	t.Git = true
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		if len(entry) < 4 {
			continue
		}
		at := filepath.Join(tree.root, string(entry[3:]))
		switch state := string(entry[:2]); {
		case isBelow(path, at) && state == "!!":
			t.Ignored = true
		case !isBelow(at, path) || state == "!!":
		case state == "??":
			t.Untracked++
		case state == " D", state == "D ": // a commit has it, and the disk has nothing
		default:
			t.Dirty++
		}
	}
	return t
}

// maxStatus bounds what is kept of git's answers.
const maxStatus = 1 << 20

// runGit gives what a git command that only looks prints. It reads nothing of
// the user's, writes nothing, and fetches nothing that the repository lacks.
func runGit(ctx context.Context, root string, args ...string) ([]byte, error) {
	git := gitProgram()
	if git == "" {
		return nil, exec.ErrNotFound
	}
	cmd := exec.CommandContext(ctx, git, append([]string{"--no-optional-locks",
		"-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false"}, args...)...)
	cmd.Dir = root
	cmd.Env = []string{
		"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/", "GIT_TERMINAL_PROMPT=0",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
	}
	// The answer may be read for as long as git may take: the delay counts from
	// git's end as well, and a busy machine needs more than a moment then.
	cmd.WaitDelay = lookTime
	if end, ok := ctx.Deadline(); ok {
		cmd.WaitDelay = max(time.Until(end), time.Millisecond)
	}
	var out limited
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return out.Bytes(), err
	}
	if out.cut {
		return nil, fs.ErrInvalid
	}
	return out.Bytes(), nil
}

// maxAnswer bounds what git may answer, in bytes.
const maxAnswer = 32 << 20

// limited takes at most maxAnswer bytes and says whether there were more.
type limited struct {
	bytes.Buffer
	cut bool
}

func (b *limited) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxAnswer {
		b.cut = true
		return len(p), nil
	}
	return b.Buffer.Write(p)
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

// maxConfig bounds a repository's configuration.
const maxConfig = 64 << 10

// gitDirs are where a working tree's repository is: what is the working tree's
// own, and what all working trees of a repository share.
type gitDirs struct{ own, common string }

// findGitDirs finds the repository of the working tree at root.
func findGitDirs(root string) (dirs gitDirs, ok bool) {
	dir := filepath.Join(root, ".git")
	text, err := readRegular(dir, maxConfig)
	if err != nil {
		return gitDirs{dir, dir}, true
	}
	link, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return gitDirs{}, false
	}
	if !filepath.IsAbs(link) {
		link = filepath.Join(root, link)
	}
	dirs = gitDirs{link, link} // a submodule has all of its own there
	if common, err := readRegular(filepath.Join(link, "commondir"), maxConfig); err == nil {
		if dirs.common = strings.TrimSpace(string(common)); !filepath.IsAbs(dirs.common) {
			dirs.common = filepath.Join(link, dirs.common)
		}
	}
	return dirs, true
}

// isPlain reports that git status in a repository runs no program of the
// repository's choice: its configuration has no filters, no file system monitor
// and no other files.
func (dirs gitDirs) isPlain() bool {
	config, err := readConfig(filepath.Join(dirs.common, "config"))
	if err != nil || !isPlainConfig(config) {
		return false
	}
	if !strings.Contains(config, "worktreeconfig") {
		return true
	}
	config, err = readConfig(filepath.Join(dirs.own, "config.worktree"))
	return os.IsNotExist(err) || err == nil && isPlainConfig(config)
}

// readConfig reads a configuration in lower case; one that is too large is an
// error.
func readConfig(path string) (string, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxConfig {
		err = fs.ErrInvalid
	}
	if err != nil {
		return "", err
	}
	text, err := readRegular(path, maxConfig)
	return strings.ToLower(string(text)), err
}

// isPlainConfig reports a configuration that names no program and no file that
// could.
func isPlainConfig(text string) bool {
	text = strings.ReplaceAll(text, "partialclonefilter", "") // what is left out of a clone
	for _, word := range [...]string{"filter", "fsmonitor", "include", "attributesfile"} {
		if strings.Contains(text, word) {
			return false
		}
	}
	return true
}
