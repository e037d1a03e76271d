package session

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/secret"
	"restrain/shellparse"
)

// This file is how doors have a step run masked: the shell door and the exec door
// withhold values from its output, a hook cannot. It denies, and says what may be
// run instead, which a hook that may change the tool's input does itself, or what a
// file reads without its values.

// readsFile reports the commands that stand for an agent's own tool that reads
// files.
func readsFile(argv []string) bool { return len(argv) > 1 && argv[0] == "cat" }

// hookMasks reports whether a hook can do without the values of what is asked.
func hookMasks(r *intercept.Request) bool {
	return r.Kind == intercept.KindLine || readsFile(r.Argv) || searchesContent(r.Argv)
}

// withMasks gives what is to be withheld to the door that asked. Record journals
// what was.
func withMasks(reply *intercept.Reply, r *intercept.Request, d *gate.Decision, record func([]secret.Withheld) error) {
	if !reply.Allow || len(d.Values) == 0 {
		return
	}
	if r.Door == intercept.DoorHook {
		switch {
		case r.Kind == intercept.KindLine:
			reply.Allow = false
			reply.Message, reply.Instead = maskedInstead(r.Line)
		case searchesContent(r.Argv):
			message, found := maskedSearch(r, d)
			reply.Allow, reply.Message = !found, message
		default:
			reply.Allow, reply.Message = false, maskedFiles(r, d)
		}
		return
	}
	reply.Mask = d.Values
	reply.Withheld = func(list []secret.Withheld) string {
		if len(list) == 0 {
			return ""
		}
		text := prompt.Escape(gate.WithheldLine(list))
		if err := record(list); err != nil {
			text = prompt.Escape("restrain: warning: not in the journal: "+err.Error()) + "\n" + text
		}
		return text
	}
}

// maskedInstead is what runs a line masked, and what a hook tells the agent of it.
func maskedInstead(line string) (message, instead string) {
	program, err := os.Executable()
	if err != nil {
		program = "restrain"
	}
	instead = shellparse.Quote([]string{program, "-c", line})
	return prompt.EscapeLines("restrain: denied as it is: it prints secrets, which only programs may use; run it with them withheld:\n" + instead), instead
}

// maxMaskedRead bounds what of a file is told in a denial, in bytes.
const maxMaskedRead = 3 << 10

// maskedFiles is what files read without the values: those that were known when it
// was judged, and those that are in the very text that is told.
func maskedFiles(r *intercept.Request, d *gate.Decision) string {
	var text []byte
	values := d.Values
	for _, name := range r.Argv[1:] {
		if !filepath.IsAbs(name) {
			name = filepath.Join(r.Dir, name)
		}
		content, err := readText(name)
		if err != nil {
			return prompt.Escape("restrain: denied: it prints secrets, and cannot be read without: " + err.Error())
		}
		text, values = append(text, content...), withheldIn(name, content, values, d)
	}
	var told bytes.Buffer
	masker := secret.NewMasker(&told, values)
	_, _ = masker.Write(text) // into memory
	_ = masker.Close()
	content := told.String()
	if len(content) > maxMaskedRead {
		content = strings.ToValidUTF8(content[:maxMaskedRead], "") + "\n… (more follows: read it with a command)"
	}
	return prompt.EscapeLines("restrain: denied as it is: the file has secrets, which only programs may use; without them it reads:\n" +
		content + "\n" + gate.WithheldLine(masker.Withheld()))
}

// withheldIn adds the secrets of a file that are to be withheld as it is now.
func withheldIn(path string, content []byte, values []secret.Value, d *gate.Decision) []secret.Value {
	of := secret.Parse(path, content)
	if d.Lifted != nil {
		of = slices.DeleteFunc(of, d.Lifted)
	}
	return append(of, values...)
}

// maxText bounds a file that is read without its secrets, in bytes.
const maxText = 1 << 20

func readText(path string) ([]byte, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxText+1))
	if err == nil && (len(text) > maxText || !utf8.Valid(text)) {
		err = fmt.Errorf("%s is no text, or too long", path)
	}
	return text, err
}
