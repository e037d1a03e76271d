package classify

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"restrain/shellparse"
)

// This file reads find's expression as find does. A test that it does not know
// is answered "maybe", and what is maybe found counts as found.

// What find is asked to do with what it finds.
const (
	findPrint  = "-print"
	findExec   = "-exec"
	findDelete = "-delete"
)

// A tri is the answer of a test.
type tri int8

const (
	no tri = iota
	maybe
	yes
)

func (t tri) not() tri { return yes - t }

func triOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

// A findEntry is a file that find looks at.
type findEntry struct {
	path, name string
	info       fs.FileInfo
	depth      int
}

// A test answers for one file. It may note that the action was reached.
type test func(f *findEntry, s *findState) tri

// findState is what the tests of one file come to.
type findState struct {
	hit   tri // the action was reached
	prune bool
}

// A finder is one run of find.
type finder struct {
	l           *lossReader
	words       []shellparse.Word
	at          int
	action      string // the one that counts
	acts        bool   // there is an action, so that nothing is printed by itself
	depth       bool   // what is in a directory comes first, so -prune is void
	follow      bool
	least, most int
	names       []string
	whole       bool
	nested      int
}

// find gives the names that find's words lead to the action with.
func (l *lossReader) find(words []shellparse.Word, action string) (names []string, ok bool) {
	f := finder{l: l, words: words, action: action, most: 1 << 20, whole: true}
	for f.at < len(words) && (words[f.at].Text == "-H" || words[f.at].Text == "-L" || words[f.at].Text == "-P") {
		f.follow = f.follow || words[f.at].Text == "-L"
		f.at++
	}
	var places []string
	for f.at < len(words) && words[f.at].Text != "" && !strings.ContainsRune("-(!", rune(words[f.at].Text[0])) {
		some, ok := l.names(words[f.at])
		f.whole = f.whole && ok
		places = append(places, some...)
		f.at++
	}
	if len(places) == 0 && f.whole {
		places = []string{"."}
	}
	expression := f.or()
	if !f.acts && action == findPrint {
		expression = f.hitAfter(expression)
	}
	for _, p := range places {
		f.visit(p, 0, expression)
	}
	return f.names, f.whole && f.at >= len(words) && !f.follow
}

func (f *finder) hitAfter(t test) test {
	return func(file *findEntry, s *findState) tri {
		answer := t(file, s)
		s.hit = max(s.hit, answer)
		return answer
	}
}

// visit looks at a file and at what is below it.
func (f *finder) visit(name string, depth int, expression test) {
	l := f.l
	if l.seen++; l.over() || len(f.names) > lossNames {
		f.whole = false
		return
	}
	p, ok := l.path(name)
	if !ok {
		f.whole = false
		return
	}
	at, ok := l.now(strings.TrimSuffix(p, "/"))
	if !ok {
		return
	}
	if depth == 0 && strings.HasSuffix(name, "/") {
		if at, ok = l.resolved(at, true); !ok {
			return
		}
	}
	info, err := l.looks.Lstat(at)
	if err != nil {
		return
	}
	var s findState
	if depth >= f.least && depth <= f.most {
		file := findEntry{path: name, name: path.Base(name), info: info, depth: depth}
		expression(&file, &s)
		if s.hit > no {
			f.names = append(f.names, name)
		}
	}
	if !info.IsDir() || depth >= f.most || s.prune && !f.depth {
		return
	}
	entries, whole := l.list(name)
	f.whole = f.whole && whole
	for _, e := range entries {
		f.visit(strings.TrimSuffix(name, "/")+"/"+e.name, depth+1, expression)
	}
}

// word takes the next word of the expression.
func (f *finder) word() (string, bool) {
	if f.at >= len(f.words) {
		return "", false
	}
	f.at++
	return f.words[f.at-1].Text, true
}

func (f *finder) peek() string {
	if f.at < len(f.words) {
		return f.words[f.at].Text
	}
	return ""
}

func (f *finder) or() test {
	left := f.and()
	for f.peek() == "-o" || f.peek() == "-or" {
		f.at++
		a, b := left, f.and()
		left = func(file *findEntry, s *findState) tri {
			first := a(file, s)
			if first == yes {
				return yes
			}
			return max(first, b(file, s))
		}
	}
	return left
}

func (f *finder) and() test {
	left := f.unary()
	for {
		switch f.peek() {
		case "", "-o", "-or", ")", ",":
			return left
		case "-a", "-and":
			f.at++
		}
		a, b := left, f.unary()
		left = func(file *findEntry, s *findState) tri {
			first := a(file, s)
			if first == no {
				return no
			}
			before := s.hit
			second := b(file, s)
			if first == maybe && s.hit == yes && before != yes {
				s.hit = maybe
			}
			return min(first, second)
		}
	}
}

// maxNesting bounds parentheses and negations.
const maxNesting = 100

func (f *finder) unary() test {
	text, ok := f.word()
	if f.nested++; !ok || f.nested > maxNesting {
		f.whole = f.whole && ok
		return func(*findEntry, *findState) tri { return maybe }
	}
	defer func() { f.nested-- }()
	switch text {
	case "!", "-not":
		inner := f.unary()
		return func(file *findEntry, s *findState) tri { return inner(file, s).not() }
	case "(":
		inner := f.or()
		if f.peek() == ")" {
			f.at++
		}
		return inner
	}
	return f.primary(text)
}

// primary reads one test or action.
func (f *finder) primary(name string) test {
	always := func(*findEntry, *findState) tri { return yes }
	switch name {
	case "-maxdepth", "-mindepth":
		value, _ := f.word()
		n, err := strconv.Atoi(value)
		switch {
		case err != nil:
		case name == "-maxdepth":
			f.most = n
		default:
			f.least = n
		}
		return always
	case "-depth", "-d":
		f.depth = true
		return always
	case "-mount", "-xdev", "-noleaf", "-true", "-daystart", "-warn", "-nowarn", "-ignore_readdir_race":
		return always
	case "-follow":
		f.follow = true
		return always
	case "-false":
		return func(*findEntry, *findState) tri { return no }
	case "-prune":
		return func(_ *findEntry, s *findState) tri { s.prune = true; return yes }
	case "-quit":
		return always
	case "-delete":
		f.depth = true
		return f.act(findDelete)
	case "-print", "-print0", "-ls":
		return f.act(findPrint)
	case "-printf", "-fprint", "-fprint0", "-fls":
		f.word()
		return f.act("-printf")
	case "-exec", "-execdir", "-ok", "-okdir":
		for text, ok := f.word(); ok && text != ";" && text != "+"; {
			text, ok = f.word()
		}
		return f.act(findExec)
	}
	return f.test(name)
}

// act is an action: the one that counts is noted.
func (f *finder) act(name string) test {
	f.acts = true
	if name != f.action || name == findExec && f.at < len(f.words) { // of several, the last word is the one that runs
		return func(*findEntry, *findState) tri { return yes }
	}
	return func(_ *findEntry, s *findState) tri { s.hit = yes; return yes }
}

// test reads a test, which has one word after it but for a few.
func (f *finder) test(name string) test {
	unknown := func(*findEntry, *findState) tri { return maybe }
	switch name {
	case "-empty":
		return f.empty
	case "-readable", "-writable", "-executable", "-nouser", "-nogroup":
		return unknown
	}
	value, _ := f.word()
	if f.at > 0 && f.at <= len(f.words) && !f.words[f.at-1].Known() {
		return unknown
	}
	switch name {
	case "-name":
		return func(x *findEntry, _ *findState) tri { return triOf(shellparse.Fits(value, x.name)) }
	case "-iname":
		value = strings.ToLower(value)
		return func(x *findEntry, _ *findState) tri { return triOf(shellparse.Fits(value, strings.ToLower(x.name))) }
	case "-path", "-wholename":
		return func(x *findEntry, _ *findState) tri { return triOf(shellparse.Fits(value, x.path)) }
	case "-ipath", "-iwholename":
		value = strings.ToLower(value)
		return func(x *findEntry, _ *findState) tri { return triOf(shellparse.Fits(value, strings.ToLower(x.path))) }
	case "-type":
		return func(x *findEntry, _ *findState) tri { return triOf(strings.Contains(value, typeLetter(x.info))) }
	case "-size":
		return sizeTest(value)
	case "-mtime", "-mmin":
		unit := time.Minute
		if name == "-mtime" {
			unit = 24 * time.Hour
		}
		return ageTest(value, unit)
	case "-newer":
		if p, ok := f.l.path(value); ok {
			if info, err := f.l.looks.Lstat(p); err == nil {
				return func(x *findEntry, _ *findState) tri { return triOf(x.info.ModTime().After(info.ModTime())) }
			}
		}
	}
	return unknown
}

func (f *finder) empty(x *findEntry, _ *findState) tri {
	switch {
	case x.info.Mode().IsRegular():
		return triOf(x.info.Size() == 0)
	case x.info.IsDir():
		entries, ok := f.l.list(x.path)
		if !ok {
			return maybe
		}
		if f.action == findDelete && len(entries) > 0 { // what is in it may be deleted first
			return maybe
		}
		return triOf(len(entries) == 0)
	}
	return no
}

func typeLetter(info fs.FileInfo) string {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return "f"
	case mode.IsDir():
		return "d"
	case mode&fs.ModeSymlink != 0:
		return "l"
	case mode&fs.ModeNamedPipe != 0:
		return "p"
	case mode&fs.ModeSocket != 0:
		return "s"
	case mode&fs.ModeCharDevice != 0:
		return "c"
	}
	return "b"
}

// compare reads +n, -n and n.
func compare(value string) (sign byte, n int64, ok bool) {
	if value != "" && (value[0] == '+' || value[0] == '-') {
		sign, value = value[0], value[1:]
	}
	n, err := strconv.ParseInt(value, 10, 64)
	return sign, n, err == nil
}

func holds(sign byte, have, want int64) tri {
	switch sign {
	case '+':
		return triOf(have > want)
	case '-':
		return triOf(have < want)
	}
	return triOf(have == want)
}

// sizeTest reads -size: in units, rounded up.
func sizeTest(value string) test {
	unit := int64(512)
	if n := len(value); n > 0 {
		switch value[n-1] {
		case 'c':
			unit = 1
		case 'w':
			unit = 2
		case 'k':
			unit = 1 << 10
		case 'M':
			unit = 1 << 20
		case 'G':
			unit = 1 << 30
		}
		value = strings.TrimRight(value, "bcwkMG")
	}
	sign, n, ok := compare(value)
	return func(x *findEntry, _ *findState) tri {
		if !ok {
			return maybe
		}
		return holds(sign, (x.info.Size()+unit-1)/unit, n)
	}
}

// ageTest reads -mtime and -mmin: whole units, rounded down. A file that is at
// the edge may be across it by the time find runs.
func ageTest(value string, unit time.Duration) test {
	sign, n, ok := compare(value)
	return func(x *findEntry, _ *findState) tri {
		if !ok {
			return maybe
		}
		age := time.Since(x.info.ModTime())
		soon := age + 10*time.Minute // the step may wait for an answer
		first, then := holds(sign, int64(age/unit), n), holds(sign, int64(soon/unit), n)
		if unit == time.Minute && sign == '-' || first == then {
			return first
		}
		return maybe
	}
}
