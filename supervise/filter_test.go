//go:build unix

package supervise

import (
	"bytes"
	"strings"
	"testing"
)

// A holdingFilter shows # in the place of "secret", and holds back what may be
// the beginning of that.
type holdingFilter struct{ held []byte }

func (f *holdingFilter) Filter(p []byte) []byte {
	f.held = bytes.ReplaceAll(append(f.held, p...), []byte("secret"), []byte("#"))
	for n := min(len(f.held), len("secret")-1); n > 0; n-- {
		if rest := f.held[len(f.held)-n:]; strings.HasPrefix("secret", string(rest)) {
			return f.cut(len(f.held) - n)
		}
	}
	return f.cut(len(f.held))
}

func (f *holdingFilter) cut(n int) []byte {
	shown := f.held[:n]
	f.held = bytes.Clone(f.held[n:])
	return shown
}

func (f *holdingFilter) Rest(bool) []byte { return f.cut(len(f.held)) }
func (f *holdingFilter) Holds() bool      { return len(f.held) > 0 }

// sitFiltered starts argv with its output led through a holdingFilter.
func sitFiltered(t *testing.T, argv ...string) *human {
	cmd := roleSelf(t, argv...)
	cmd.Env = append(cmd.Env, filterVariable+"=1")
	return sitWith(t, cmd)
}

// What a filter takes is not on the screen, also where it comes in parts, after a
// question, and below the window's last line.
func TestFilter(t *testing.T) {
	h := sitFiltered(t, "sh", "-c", `printf 'one secret, se'; read -r x; printf 'cret two secr\n'; read -r x; printf 'sec'; printf 'ret\nend sec'`)
	if before := h.expect("one #, se"); strings.Contains(before, "secret") {
		t.Errorf("%q", before)
	}
	h.keys("\n") // what is held back for a prompt is shown without more to come
	h.expect("cret two secr\r\n")
	h.ask("go on")
	h.expect("go on?")
	h.keys("y")
	if got := h.answered(); got != `answer "y"` {
		t.Error(got)
	}
	h.expect("\x1b[?1049l") // until then keys are the question's
	h.keys("\n")
	h.expect("#\r\nend sec")
	if status := h.leave(); status != 0 {
		t.Errorf("status %d", status)
	}
}
