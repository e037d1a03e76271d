package shellparse

import (
	"slices"
	"strings"
)

// A Dialect is the language of a line.
type Dialect string

// The dialects that Options can name.
const (
	// AnyDialect reads a line as a POSIX shell, and also as what else it looks
	// like: whatever runs it, what it does is among the commands.
	AnyDialect Dialect = ""
	// LikelyDialect reads a line as what it looks like, and as nothing else: for
	// lines that were recorded, or that are only asked about.
	LikelyDialect Dialect = "likely"
	PowerShell    Dialect = "powershell"
	Cmd           Dialect = "cmd"
	posix         Dialect = "sh"
)

// line reads a whole text in its dialect.
func (sh *shell) line(src string, dialect Dialect) {
	looks := dialect
	if dialect == AnyDialect || dialect == LikelyDialect {
		looks = dialectOf(src)
	}
	if looks == posix || dialect == AnyDialect {
		sh.base = 0
		text := windowsPaths(src)
		sh.source(text)
		if text != src && looksEscaped(src) {
			again := sh.r.shell(src)
			again.base = 0
			again.source(src)
		}
	}
	if looks == posix {
		return
	}
	other, before := sh.r.shell(src), len(sh.r.script.Commands)
	other.base = 0
	if looks == Cmd {
		other.cmd(src)
	} else {
		other.powershell(src)
	}
	sh.r.script.dropSame(before)
}

// dropSame takes the commands from n on away where they are those before n again.
func (s *Script) dropSame(n int) {
	first, again := s.Commands[:n], s.Commands[n:]
	same := func(a, b Command) bool {
		return a.Dir.Text == b.Dir.Text && slices.EqualFunc(a.Argv, b.Argv, func(v, w Word) bool { return v.Text == w.Text && v.Glob == w.Glob })
	}
	if slices.EqualFunc(first, again, same) {
		s.Commands = first
	}
}

// dialectOf tells what a line looks like, by the first thing in it that only one of
// the languages has.
func dialectOf(src string) Dialect {
	s := scanner{src: strings.TrimLeft(src, " \t\r\n")}
	if len(s.src) > 2 && s.src[0] == '&' && s.src[1] == ' ' && strings.IndexByte("\"'$({", s.src[2]) >= 0 {
		return PowerShell // its operator of a call
	}
	for s.pos < len(s.src) && s.pos < maxSource {
		if d := s.statement(); d != "" {
			return d
		}
	}
	return posix
}

// A scanner looks at the beginnings of the commands in a line of an unknown language.
type scanner struct {
	src    string
	pos    int
	inside bool // the arguments of another PowerShell or cmd
}

// statement looks at one command and moves to the next.
func (s *scanner) statement() Dialect {
	for s.pos < len(s.src) && strings.IndexByte(" \t\r\n;|&(){}", s.src[s.pos]) >= 0 {
		s.pos++
	}
	rest := s.src[s.pos:]
	end := 0
	for end < len(rest) && strings.IndexByte(" \t\r\n;|&(){}\"'", rest[end]) < 0 {
		end++
	}
	word := rest[:end]
	if d := beginning(word, rest[end:]); d != "" {
		return d
	}
	lower := strings.ToLower(strings.TrimSuffix(word, ".exe"))
	s.inside = lower == "powershell" || lower == "pwsh" || lower == "cmd"
	s.pos += end
	return s.words()
}

// words looks at the words of a command, up to the next one.
func (s *scanner) words() Dialect {
	quote, blank := byte(0), false
	for ; s.pos < len(s.src); s.pos++ {
		c, rest := s.src[s.pos], s.src[s.pos:]
		switch {
		case c == '$' && quote != '\'' && !s.inside && len(rest) > 5 && strings.EqualFold(rest[:5], "$env:"):
			return PowerShell
		case c == '%' && quote != '\'' && !s.inside && isWindowsVariable(rest[1:]):
			return Cmd
		case quote != 0:
			if c == quote {
				quote = 0
			} else if c == '\\' && quote == '"' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '"' {
				s.pos++
			}
		case c == '@' && len(rest) > 2 && (rest[1] == '\'' || rest[1] == '"') && (rest[2] == '\n' || rest[2] == '\r'):
			return PowerShell
		case c == '\'' || c == '"':
			quote = c
		case c == '<' && strings.HasPrefix(rest, "<<"):
			return posix
		case strings.IndexByte("\n;|&({}", c) >= 0:
			if c == '(' && s.pos > 0 && s.src[s.pos-1] == '$' {
				break
			}
			s.pos++
			return ""
		case blank && len(rest) > 2 && rest[0] == '.' && rest[1] == '\\' && isLetter(rest[2]):
			return PowerShell
		case blank && c == '-' && !s.inside && cmdletFlag(rest[1:]):
			return PowerShell
		}
		blank = isSpace(c)
	}
	return ""
}

// cmdletFlag reports a parameter that only cmdlets have.
func cmdletFlag(rest string) bool {
	if rest == "" || rest[0] < 'A' || rest[0] > 'Z' {
		return false
	}
	end := 1
	for end < len(rest) && isLetter(rest[end]) {
		end++
	}
	return hasField("Recurse Force Path LiteralPath ErrorAction Destination Filter", rest[:end])
}

// beginning tells a language by the word that a command begins with, and what follows.
func beginning(word, rest string) Dialect {
	if word == "" {
		return ""
	}
	after := strings.TrimLeft(rest, " \t")
	switch lower := strings.ToLower(word); {
	case word[0] == '$' && len(word) > 1:
		name := strings.TrimRight(word[1:], psNameBytes+":")
		if len(lower) > 5 && lower[:5] == "$env:" || name == "" && (strings.HasPrefix(after, "=") || strings.HasPrefix(after, "+=")) || strings.HasPrefix(name, "=") && isLetter(word[1]) {
			return PowerShell
		}
	case word[0] == '[' && len(word) > 3 && isLetter(word[1]) && strings.Contains(word, "]::"), word[0] == '@' && strings.HasPrefix(after, "{"):
		return PowerShell
	case lower == "foreach" && strings.HasPrefix(after, "($"), (word == "%" || word == "?") && strings.HasPrefix(after, "{"):
		return PowerShell
	case lower == "sls" && hasField("deploy remove rollback package invoke info logs", strings.Fields(after + " .")[0]):
		return "" // Serverless, not Select-String
	case hasField("gci iwr irm sls ri rni gi", lower):
		return PowerShell
	case strings.IndexByte(word, '-') > 0 && isVerbNoun(word):
		noun := word[strings.IndexByte(word, '-')+1]
		if _, known := cmdletOf(word); known || word[0] >= 'A' && word[0] <= 'Z' && noun >= 'A' && noun <= 'Z' {
			return PowerShell
		}
	case isCmdCommand(strings.TrimPrefix(lower, "@")):
		if lower == "@echo" || cmdFlag(after) && hasField("rmdir copy move dir", lower) || after != "" && hasField("rd del erase", lower) || lower == "cd" && hasPrefixFold(after, "/d ") || lower == "if" && (hasPrefixFold(after, "exist ") || hasPrefixFold(after, "not exist ")) ||
			lower == "for" && (strings.HasPrefix(after, "%") || strings.HasPrefix(after, "/")) {
			return Cmd
		}
	case len(lower) > 3 && (lower[:3] == "rd/" || lower[:4] == "del/"):
		return Cmd
	}
	return ""
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// cmdFlag reports a flag of cmd: /s, /s/q.
func cmdFlag(s string) bool {
	return len(s) > 1 && s[0] == '/' && isLetter(s[1]) && (len(s) == 2 || strings.IndexByte(" \t/\n:", s[2]) >= 0)
}

// isWindowsVariable reports NAME% of a variable that Windows has.
func isWindowsVariable(s string) bool {
	end := strings.IndexByte(s[:min(len(s), 24)], '%')
	return end > 1 && hasField("USERPROFILE APPDATA LOCALAPPDATA TEMP TMP HOMEPATH HOMEDRIVE SYSTEMROOT SYSTEMDRIVE WINDIR PROGRAMFILES PROGRAMDATA PROGRAMFILES(X86) PUBLIC COMSPEC USERNAME CD", strings.ToUpper(s[:end]))
}
