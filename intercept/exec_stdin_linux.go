package intercept

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// readStdin takes the rest of a regular file on a shell's standard input for the
// shell's line: that is what it reads its commands from. What comes through a
// pipe or is typed cannot be known yet.
func (c *call) readStdin() {
	r, x := &c.request, c.request.Exec
	text, cut, ok := c.process.stdin()
	switch {
	case !ok || text == "":
	case cut:
		x.Opaque = fmt.Sprintf("the commands on the shell's standard input are longer than %d KiB", maxScript>>10)
	default:
		r.Kind, r.Line, r.Interactive = KindLine, text, false
		r.Params = append([]string{r.Shell}, r.Params...)
		x.Script = text
	}
}

// stdin reads what is left of a regular file on the process's standard input,
// and leaves the offset where it is.
func (p *process) stdin() (text string, cut, ok bool) {
	fd, err := unix.Openat(p.dir, "fd/0", unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return "", false, false
	}
	defer unix.Close(fd)
	if _, mode, err := identify(fd); err != nil || mode&unix.S_IFMT != unix.S_IFREG {
		return "", false, false
	}
	file, err := reopen(fd)
	if err != nil {
		return "", false, false
	}
	defer file.Close()
	var buf [256]byte
	for line := range strings.Lines(string(readAt(p.dir, "fdinfo/0", buf[:]))) {
		if rest, found := strings.CutPrefix(line, "pos:"); found {
			offset, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			if err != nil {
				return "", false, false
			}
			b, err := io.ReadAll(io.NewSectionReader(file, offset, maxScript+1))
			return string(b[:min(len(b), maxScript)]), len(b) > maxScript, err == nil
		}
	}
	return "", false, false
}
