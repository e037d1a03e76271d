package session

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// A reviewedFile is a project's rules as somebody other than the agent has
// vouched for them.
type reviewedFile struct {
	source string // ".restrain.toml of 1a2b3c4 (origin/main)"
	root   string // the directory that it governs
	text   []byte
}

// maxProjectRules is the largest project's file that is read, in bytes.
const maxProjectRules = 256 << 10

// hashedRules reads the working tree's file when its SHA-256 is sum.
func hashedRules(home, sum string) (*reviewedFile, error) {
	if raw, err := hex.DecodeString(sum); err != nil || len(raw) != sha256.Size {
		return nil, Usagef("--policy-sha256 %q is no SHA-256: give 64 hexadecimal digits", sum)
	}
	file := FindProjectRules(home)
	if file == "" {
		return nil, Usagef("there is no %s here or above for --policy-sha256: remove the option, or add the file", ProjectRules)
	}
	text, err := ReadProjectRules(file)
	if err != nil {
		return nil, err
	}
	if got := hex.EncodeToString(digestOf(text)); !strings.EqualFold(got, sum) {
		return nil, Hinted{Usagef("%s is not the file that --policy-sha256 names", file), "review what changed in it; its SHA-256 is " + got}
	}
	return &reviewedFile{ProjectRules + " with SHA-256 " + strings.ToLower(sum[:12]), filepath.Dir(file), text}, nil
}

func digestOf(text []byte) []byte { sum := sha256.Sum256(text); return sum[:] }

// ReadProjectRules reads a project's file, of at most 256 KiB.
func ReadProjectRules(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, Usagef("rules: %w; make the file readable, or remove it", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxProjectRules+1))
	if err != nil || len(text) > maxProjectRules {
		return nil, Usagef("%s: cannot be read, or has more than %d bytes: make it a short file", name, maxProjectRules)
	}
	return text, nil
}

// baseRules reads the project's file of a revision, from git's objects: that of
// the working directory or, if it has none, of the nearest directory above. It
// is nil where the revision has none.
func baseRules(ctx context.Context, revision string) (*reviewedFile, error) {
	if revision == "" || strings.HasPrefix(revision, "-") || strings.ContainsAny(revision, " \t\n:\x00") {
		return nil, fmt.Errorf("%q is no name of a revision: give a branch, a tag or a commit", revision)
	}
	where, err := git(ctx, "rev-parse", "--show-toplevel", "--show-prefix")
	if err != nil {
		return nil, err
	}
	top, prefix, found := strings.Cut(strings.TrimSuffix(string(where), "\n"), "\n")
	if !found || strings.Contains(prefix, "\n") {
		return nil, errors.New("git: the directory's name has a newline in it: rename it")
	}
	commit, err := git(ctx, "rev-parse", "--verify", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return nil, err
	}
	id := strings.TrimSpace(string(commit))
	for dir := path.Clean(strings.TrimSuffix(prefix, "/")); ; dir = path.Dir(dir) {
		text, err := blob(ctx, id, path.Join(dir, ProjectRules))
		if err != nil {
			return nil, err
		}
		if text != nil {
			source := fmt.Sprintf("%s of %s (%s)", path.Join(dir, ProjectRules), id[:min(12, len(id))], revision)
			return &reviewedFile{source, filepath.Join(top, filepath.FromSlash(dir)), text}, nil
		}
		if dir == "." {
			return nil, nil
		}
	}
}

// blob reads a file of a commit; nil when it is not there.
func blob(ctx context.Context, commit, name string) ([]byte, error) {
	entry, err := git(ctx, "ls-tree", "--full-tree", "-z", commit, "--", name)
	if err != nil || len(entry) == 0 {
		return nil, err
	}
	// MODE blob ID<tab>NAME<nul>
	fields := strings.Fields(string(entry))
	if len(fields) < 4 || fields[1] != "blob" || !strings.HasPrefix(fields[0], "100") {
		return nil, fmt.Errorf("%s of %s is no regular file: make it one", name, commit[:min(12, len(commit))])
	}
	text, err := git(ctx, "cat-file", "blob", fields[2])
	if err == nil && text == nil {
		text = []byte{}
	}
	return text, err
}

// gitWithin is how long git may take to read its own objects.
const gitWithin = time.Minute

// git reads from the repository around the working directory. Nothing that its
// configuration names is run, nothing is fetched, and objects are what their
// ids say: the repository is the agent's to write.
func git(ctx context.Context, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, gitWithin)
	defer cancel()
	// safe.directory: a checkout often belongs to another user of the runner,
	// which git refuses for fear of what is switched off here.
	command := exec.CommandContext(ctx, "git", append([]string{
		"--no-pager", "-c", "safe.directory=*", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull,
	}, args...)...)
	command.Env = []string{
		"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "HOME=" + os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_ATTR_NOSYSTEM=1",
		"GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1", "GIT_ALLOW_PROTOCOL=none",
		"GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0",
	}
	var out, errs bounded
	command.Stdout, command.Stderr = &out, &errs
	err := command.Run()
	switch {
	case out.over:
		return nil, fmt.Errorf("git %s: more than %d bytes: make the project's file shorter", args[0], maxProjectRules)
	case errors.Is(err, exec.ErrNotFound):
		return nil, errors.New("git is not installed: install it, or use --policy-sha256")
	case err != nil:
		said, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return nil, fmt.Errorf("git %s: %w: %s; fetch the revision first, with its history", args[0], err, said)
	}
	return out.Bytes(), nil
}

// A bounded buffer keeps as much as a project's file may have, and drops the
// rest.
type bounded struct {
	bytes.Buffer
	over bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxProjectRules {
		b.over = true
		return len(p), nil
	}
	return b.Buffer.Write(p)
}
