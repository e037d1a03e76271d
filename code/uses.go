package code

import "slices"

// This file says which functions of the code count where they stand: what is never
// called does nothing, and what was written out where it is called is not read again.

// dropRead leaves out the functions all of whose uses were written out.
func (e *expander) dropRead() {
	for j := range e.funcs {
		f := &e.funcs[j]
		if f.dispatched {
			f.uses -= f.entries
		}
		if f.reached && f.uses <= 0 {
			e.forget(f.whole)
		}
	}
}

// drop notes how functions are named, and leaves out the ones that nothing calls or
// names.
func (e *expander) drop() {
	e.exported()
	byName := map[string][]*function{}
	for j := range e.funcs {
		byName[e.funcs[j].name] = append(byName[e.funcs[j].name], &e.funcs[j])
	}
	called := map[string]bool{}
	for i := range e.tokens {
		t := &e.tokens[i]
		list := byName[t.Text]
		if len(list) == 0 || t.Kind != TokenName && t.Kind != TokenString {
			continue
		}
		switch {
		case t.Kind == TokenName && slices.ContainsFunc(list, func(f *function) bool {
			return f.whole.start == i || f.whole.start == i-1 || f.whole.start == i-3 && e.name(i-2) == "self"
		}):
		case t.Kind == TokenName && e.opensCall(i) > 0:
			called[t.Text] = true
		case e.handed[i]:
		default:
			for _, f := range list {
				if f.uses++; e.isEntry(i) {
					f.entries++
				}
			}
			called[t.Text] = true
		}
	}
	for j := range e.funcs {
		f := &e.funcs[j]
		decorated := f.whole.start > 1 && e.lang == "python" && e.decorated(f.whole.start)
		exported := e.name(f.whole.start-1) == "export" || e.name(f.whole.start-1) == "default" || e.exports[f.name]
		lib := f.whole.start < len(e.tokens) && e.tokens[f.whole.start].Start < e.p.Modules
		if !called[f.name] && f.class == "" && !decorated && (!exported || lib) && (lib || len(f.name) < 2 || f.name[:2] != "__") && !(len(f.name) > 3 && f.name[:4] == "test") {
			e.forget(f.whole)
		}
		if decorated || exported && !lib {
			f.uses++
		}
	}
}

// isEntry reports a name in a map that functions are called by: {"clean": clean}.
func (e *expander) isEntry(i int) bool {
	if e.punct(i-1, "[") && e.punct(i+1, "]") || e.punct(i-1, "(") && e.name(i-2) == "get" {
		return true // ops["clean"](…)
	}
	return e.punct(i+1, ":") || e.punct(i+1, "=") && e.punct(i+2, ">") || (e.punct(i-1, ":") || e.punct(i-1, ">") || e.punct(i-1, "{") || e.punct(i-1, ",")) && (e.punct(i+1, ",") || e.punct(i+1, "}"))
}

// exported notes the names that are only handed from module to module: import, export,
// module.exports = {f}.
func (e *expander) exported() {
	e.handed, e.exports = map[int]bool{}, map[string]bool{}
	mark := func(from, to int, out bool) {
		for j := from; j < min(to, len(e.tokens)); j++ {
			if e.handed[j] = true; out {
				e.exports[e.name(j)] = true
			}
		}
	}
	for i := range e.tokens {
		switch name := e.name(i); {
		case e.lang == "python" && (name == "import" || name == "from") && e.column(i) >= 0:
			end := i + 1
			for end < len(e.tokens) && (!e.newLine(end) || e.punct(i, "(")) {
				if end++; e.match[end-1] > end {
					end = e.match[end-1]
				}
			}
			mark(i, end, false)
		case e.lang != "javascript":
		case name == "import" || name == "export" && e.punct(i+1, "{"):
			end := i + 1
			for end < min(len(e.tokens), i+64) && e.tokens[end].Kind != TokenString && !e.punct(end, ";") && !e.punct(end-1, "}") {
				end++
			}
			mark(i, end, name == "export")
		case name == "exports" && e.punct(i+1, ".") && e.punct(i+3, "="):
			mark(i+2, i+3, true)
			if e.punct(i+5, ";") || e.newLine(i+5) {
				mark(i+4, i+5, true)
			}
		case name == "exports" && e.punct(i+1, "=") && e.punct(i+2, "{"):
			for _, part := range e.split(span{i + 3, e.match[i+2]}) {
				mark(part.start, min(part.start+3, part.end), true)
			}
		case name == "exports" && e.punct(i+1, "="):
			mark(i+2, i+3, true)
		case name == "require" && e.punct(i-1, "=") && e.punct(i-2, "}"):
			mark(e.match[i-2], i-2, false)
		}
	}
}

// decorated reports a line in front of i that begins with @.
func (e *expander) decorated(i int) bool {
	for j := i - 1; j >= 0 && j > i-64; j-- {
		if e.column(j) >= 0 {
			return e.punct(j, "@")
		}
	}
	return false
}
