package shellparse

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// recovered reads what it can of a text that does not parse: the statements
// before the error, then line by line, and where a line does not parse either,
// its words.
func (sh *shell) recovered(src string) {
	offset, reparsed := 0, 0
	for range maxRestarts {
		if reparsed += len(src) - offset; offset >= len(src) || reparsed > maxReparsed {
			break
		}
		stmts, end := parsePrefix(src[offset:])
		sub := *sh
		sub.src = src[offset:]
		if offset > 0 {
			sub.file = "" // its lines are counted from elsewhere
		}
		if sh.base >= 0 {
			sub.base = sh.base + offset
		}
		sub.stmts(stmts)
		offset += end
		if offset >= len(src) {
			return
		}
		line := len(src)
		if i := strings.IndexByte(src[offset:], '\n'); i >= 0 {
			line = offset + i + 1
		}
		sh.lexical(src[offset:line])
		offset = line
	}
	if offset < len(src) {
		sh.lexical(src[offset:])
	}
}

// parsePrefix returns the statements that parse, and the offset of the first
// byte that is not part of them.
func parsePrefix(src string) (stmts []*syntax.Stmt, end int) {
	p := parsers.Get().(*pooledParser)
	defer parsers.Put(p)
	p.text.Reset(src)
	for st, err := range p.parser.StmtsSeq(&p.text) {
		if err != nil {
			return stmts, end
		}
		stmts = append(stmts, st)
		end = int(st.End().Offset())
	}
	return stmts, len(src)
}

// lexical splits a text that cannot be parsed at its separators and emits the
// pieces as commands, so that a broken line still shows what it names.
func (sh *shell) lexical(src string) {
	var argv []Word
	flush := func() {
		for len(argv) > 0 && reserved(argv[0].Text) {
			argv = argv[1:]
		}
		if len(argv) > 0 && sh.r.step() {
			sh.r.pipelines++
			sub := *sh
			sub.pipe = position{sh.r.pipelines - 1, 0, 1}
			sub.stdin = input{from: -1}
			c := Command{Argv: argv, From: -1, Span: Span{argv[0].Span.Start, argv[len(argv)-1].Span.End}}
			sub.run(c)
		}
		argv = nil
	}
	for i := 0; i < len(src); {
		switch c := src[i]; {
		case c == '\n' || strings.IndexByte(";&|()`", c) >= 0:
			flush()
			i++
		case c == ' ' || c == '\t' || c == '\r':
			i++
		default:
			n, text := roughWord(src[i:])
			if opensBlock(src[i : i+n]) { // if [[ … ]] { …, while …; do …
				flush()
				i += n
				continue
			}
			w := sh.noted(Word{Text: text})
			if sh.base >= 0 {
				w.Span = Span{sh.base + i, sh.base + i + n}
			}
			if len(argv) < maxFields {
				argv = append(argv, w)
			}
			i += n
		}
		if len(sh.r.script.Commands) >= maxCommands {
			return
		}
	}
	flush()
}

// opensBlock reports the reserved words behind which a command starts wherever
// they stand in a text that does not parse.
func opensBlock(s string) bool {
	switch s {
	case "{", "}", "]]", "then", "do", "else":
		return true
	}
	return false
}

// roughWord reads one word with its quotes; a quote that is not closed on its
// line is a plain character.
func roughWord(s string) (n int, text string) {
	var b strings.Builder
	for n < len(s) {
		switch c := s[n]; {
		case isSpace(c) || strings.IndexByte("\r;&|()`", c) >= 0:
			return n, b.String()
		case c == '\\' && n+1 < len(s):
			b.WriteByte(s[n+1])
			n += 2
		case c == '\'' || c == '"':
			line := s[n+1 : min(len(s), n+1+4096)]
			end := strings.IndexByte(line, c)
			if nl := strings.IndexByte(line, '\n'); end < 0 || nl >= 0 && nl < end {
				n++
				continue
			}
			b.WriteString(line[:end])
			n += end + 2
		default:
			b.WriteByte(c)
			n++
		}
	}
	return n, b.String()
}

// reserved reports the shell's reserved words, which start no command.
func reserved(s string) bool {
	switch s {
	case "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done",
		"case", "esac", "in", "{", "}", "!", "time", "function", "select", "[[", "]]", "$":
		return true
	}
	return false
}
