package classify

import (
	"context"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"

	"restrain/secret"
)

// A Content says whether a file has a secret in it.
type Content uint8

// What a look at a file has shown.
const (
	ContentUnknown Content = iota // not looked at: too large, not text, not there
	ContentPlain                  // no secret
	ContentSecret                 // something that may be a secret
	ContentLive                   // a token of a known issuer, or a long value of a secret's name
	ContentKey                    // a private key
)

// Bounds of what is looked at for secrets.
const (
	maxContent  = 256 << 10 // bytes of a file
	maxContents = 16        // files of one line
	maxKnown    = 1024      // files whose content a process remembers
	longSecret  = 24        // bytes of a value that is no word that somebody has made up
)

// seenContents are what this process has found: a supervisor is asked about the same
// files again and again.
var seenContents contentCache

// A contentCache remembers what was in a file for as long as it is the same file.
type contentCache struct {
	mu    sync.Mutex
	known map[string]cachedContent
}

type cachedContent struct {
	file fileStat
	Content
}

// look gives what is in a regular file, following links.
func (c *contentCache) look(set *Set, path string, read func(string, int) ([]byte, error)) Content {
	file, err := statFile(path)
	if err == nil && file.mode&fs.ModeSymlink != 0 {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			file, err = statFile(path)
		}
	}
	if err != nil || !file.mode.IsRegular() || file.size > maxContent {
		return ContentUnknown
	}
	c.mu.Lock()
	was, known := c.known[path]
	c.mu.Unlock()
	if known && file.exact && was.file == file {
		return was.Content
	}
	text, err := read(path, maxContent)
	if err != nil {
		return ContentUnknown
	}
	now := set.contentOf(path, text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxKnown || c.known == nil {
		c.known = make(map[string]cachedContent)
	}
	c.known[path] = cachedContent{file, now}
	return now
}

// contentOf tells what a text is that stands in a file.
func (s *Set) contentOf(path string, data []byte) Content {
	text := string(data)
	if strings.IndexByte(text, 0) >= 0 {
		return ContentUnknown
	}
	if hasPrivateKey(text) {
		return ContentKey
	}
	if s.issuedIn(text) != "" {
		return ContentLive
	}
	values := secret.Parse(path, data)
	for i := range values {
		if values[i].Len() >= longSecret && secret.Named(values[i].Name) {
			return ContentLive
		}
	}
	if len(values) > 0 {
		return ContentSecret
	}
	return ContentPlain
}

// Content looks into a file, unless that would take too long.
func (l *Live) Content(set *Set, path string) Content {
	content, ok := wait(l, func(context.Context) Content { return seenContents.look(set, path, l.read) })
	if !ok {
		return ContentUnknown
	}
	return content
}

// The sets of paths whose content says more than the name: those that may hold
// nothing, those that now and then hold a key, and those of them in which any
// secret is one of the user's.
const (
	hollowSet    = "credential-files-by-content"
	configSet    = "configuration-files"
	ownConfigSet = "own-configuration-files"
)

// keySet are the private keys, by name or by content.
const keySet = "private-keys"

// byContent reports whether a file is one of credentials where its name says so
// or not: where files may be looked at, what is in it counts.
func (r *reader) byContent(f *fileFact, named bool) bool {
	switch f.op {
	case opRead, opCopy, opMove, opSend, opLoad:
	default:
		return named
	}
	x := &r.set.index.Fixed
	switch {
	case named && r.inSets(x.Hollow, f):
		return r.content(f) != ContentPlain
	case !named && r.inSets(x.OwnConfig, f):
		return r.content(f) >= ContentSecret
	case !named && r.inSets(x.Config, f) && !r.isOf(x.Lookalikes, f):
		return r.content(f) >= ContentLive
	}
	return named
}

// mayLook reports whether what is in a file can be known before the line runs.
func (r *reader) mayLook(f *fileFact) bool {
	return r.looks != nil && r.cmd.Host == "" && f.path != "" && (f.path[0] == '/' || f.path[0] == '~') && !strings.Contains(f.path, hole)
}

// content looks into the file of a fact, as long as the line has looks left.
func (r *reader) content(f *fileFact) Content {
	most := maxContents
	if f.op == opStage {
		most = maxStaged // they are named by nobody, and the key may be the last of them
	}
	if r.contents++; r.contents > most {
		return ContentUnknown
	}
	return r.ctx.Content(r.set, r.absolute(f.path))
}

// hasPrivateKey reports a private key in PEM (RFC 7468), also within JSON or YAML: a
// program that only knows the words around one has none behind them.
func hasPrivateKey(text string) bool {
	for {
		at := strings.Index(text, "PRIVATE KEY")
		if at < 0 {
			return false
		}
		text = text[at+len("PRIVATE KEY"):]
		body := strings.TrimPrefix(text, " BLOCK") // as PGP has it
		body, ok := strings.CutPrefix(body, "-----")
		body = strings.TrimLeft(strings.ReplaceAll(body[:min(len(body), 128)], `\n`, "\n"), "\r\n\t ")
		if ok && (strings.HasPrefix(body, "Proc-Type:") || strings.HasPrefix(body, "Version:") || base64Len(body) >= minKeyLine) {
			return true
		}
	}
}

// minKeyLine is the shortest first line of a key that somebody uses, in characters:
// one of Ed25519 has 64 in all.
const minKeyLine = 48

// base64Len is how many characters of base64 a text begins with.
func base64Len(text string) int {
	n := strings.IndexFunc(text, func(c rune) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '=')
	})
	if n < 0 {
		return len(text)
	}
	return n
}
