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

// askGit adds what git knows of a path in the working tree at root. When git
// does not answer in time, or the repository's configuration could make it run
// programs, nobody has asked it.
func (t TargetInfo) askGit(ctx context.Context, root, path string) TargetInfo {
	git := gitProgram()
	if git == "" || !isPlainRepository(root) {
		t.Unasked = true
		return t
	}
	cmd := exec.CommandContext(ctx, git, "--no-optional-locks", "--literal-pathspecs",
		"-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false",
		"status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching",
		"--ignore-submodules=all", "--no-renames", "--", path)
	cmd.Dir = root
	cmd.Env = []string{
		"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/", "GIT_TERMINAL_PROMPT=0",
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
	}
	// The answer may be read for as long as git may take: the delay counts from
	// git's end as well, and a busy machine needs more than a moment then.
	cmd.WaitDelay = time.Millisecond
	if end, ok := ctx.Deadline(); ok {
		cmd.WaitDelay = max(time.Until(end), cmd.WaitDelay)
	}
	out, err := cmd.Output()
	if err != nil {
		t.Unasked = true
		return t
	}
	t.Git = true
	for entry := range bytes.SplitSeq(out, []byte{0}) {
		switch {
		case len(entry) < 4:
		case entry[0] == '?':
			t.Untracked++
		case entry[0] == '!':
			name := strings.TrimSuffix(string(entry[3:]), "/")
			t.Ignored = t.Ignored || isBelow(path, filepath.Join(root, name))
		default:
			t.Dirty++
		}
	}
	return t
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

// isPlainRepository reports that git status in a repository runs no program of
// the repository's choice: its configuration has no filters, no file system
// monitor and no other files.
func isPlainRepository(root string) bool {
	dir := filepath.Join(root, ".git")
	own := dir // a linked working tree's own part
	if text, err := readRegular(dir, maxConfig); err == nil {
		link, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
		if !ok {
			return false
		}
		if !filepath.IsAbs(link) {
			link = filepath.Join(root, link)
		}
		own, dir = link, link // a submodule has all of its own there
		if common, err := readRegular(filepath.Join(link, "commondir"), maxConfig); err == nil {
			if dir = strings.TrimSpace(string(common)); !filepath.IsAbs(dir) {
				dir = filepath.Join(link, dir)
			}
		}
	}
	config, err := readConfig(filepath.Join(dir, "config"))
	if err != nil || !isPlainConfig(config) {
		return false
	}
	if !strings.Contains(config, "worktreeconfig") {
		return true
	}
	config, err = readConfig(filepath.Join(own, "config.worktree"))
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
