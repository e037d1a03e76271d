package classify

import (
	"restrain/code"
	"strings"
)

// This file reads what code does with its environment: os.environ, process.env,
// ENV.

// printCall adds what a call shows of the environment.
func (c *codeReader) printCall(k *call) {
	switch k.last {
	case "parray":
		if c.isName(k.at+1) && c.tokens[k.at+1].Text == "env" {
			c.r.facts.envs = append(c.r.facts.envs, envFact{op: envDump, text: "parray env"})
		}
	case "get_password", "getPassword", "findCredentials":
		if c.printed(k.at) {
			c.r.facts.envs = append(c.r.facts.envs, envFact{op: envPrint, name: "PASSWORD", text: c.source(k)})
		}
	case "phpinfo":
		c.r.facts.envs = append(c.r.facts.envs, envFact{op: envDump, text: c.source(k)})
	case "getenv":
		name, ok := c.arg(k, 0)
		switch {
		case !c.printed(k.at):
		case ok && name != "":
			c.r.facts.envs = append(c.r.facts.envs, envFact{op: envPrint, name: name, text: c.source(k)})
		case c.lang == "php":
			c.r.facts.envs = append(c.r.facts.envs, envFact{op: envDump, text: c.source(k)})
		}
	}
}

// environIndex gives the part of a path that is the environment, or -1.
func environIndex(path []string) int {
	for i, part := range path {
		switch part {
		case "environ", "ENV", "$_ENV", "$ENV", "%ENV", "ENVIRON":
			return i
		case "env":
			if i == 1 && (path[0] == "process" || path[0] == "Deno" || path[0] == "Bun") {
				return i
			}
		}
	}
	return -1
}

// environment adds what is done with os.environ, process.env and ENV, which
// stands in a path that ends at end.
func (c *codeReader) environment(k *call, at, end int) {
	if c.tested(k, end) {
		return
	}
	name := ""
	switch {
	case at+1 < len(k.path):
		name = k.path[at+1]
		switch name {
		case "keys":
			return // names are no values
		case "items", "copy", "to_h", "to_a", "toObject", "each", "each_pair", "map", "values", "entries", "inspect":
			name = ""
		case "get", "fetch":
			if name = hole; c.isString(end + 1) {
				name = c.tokens[end+1].Text
			}
		}
	case c.punct(end, "[") || c.punct(end, "{"):
		if name = hole; c.isString(end+1) || c.lang == "perl" && c.isName(end+1) && c.tokens[end+1].Text[0] != '$' {
			name = c.tokens[end+1].Text
		}
	}
	switch {
	case name == "" && (c.printed(k.at) || c.sent(k.at) || c.printsEach(k.at, end)), name == hole && c.printed(k.at) && c.loops():
		c.r.facts.envs = append(c.r.facts.envs, envFact{op: envDump, text: "the environment, printed by code"})
	case name != "" && c.printed(k.at):
		c.r.facts.envs = append(c.r.facts.envs, envFact{op: envPrint, name: name, text: name + ", printed by code"})
	case name != "" && c.sent(k.at):
		c.sentNames = append(c.sentNames, name)
	}
}

// loops reports code that goes through something.
func (c *codeReader) loops() bool {
	if c.loop == 0 {
		c.loop = -1
		for i := range c.tokens {
			if c.isName(i) {
				switch c.tokens[i].Text {
				case "for", "foreach", "each", "forEach", "map", "keys", "while":
					c.loop = 1
				}
			}
		}
	}
	return c.loop > 0
}

// printsEach reports a loop over the environment at i whose body shows the
// values: for k, v in os.environ.items(): print(v).
func (c *codeReader) printsEach(i, end int) bool {
	const maxBack, maxAhead = 16, 64
	value := ""
	for j := i - 1; j >= 0 && j > i-maxBack && value == ""; j-- { // for k, v in …, for (const [k, v] of …
		if c.isName(j) && (c.tokens[j].Text == "in" || c.tokens[j].Text == "of") {
			for j--; j >= 0 && !c.isName(j); j-- {
			}
			if c.isName(j) && (c.punct(j-1, ",") || c.lang == "javascript" && c.tokens[j].Text != "const") {
				value = c.tokens[j].Text
			}
		}
	}
	if value != "" && c.inComprehension(i, value) {
		return true
	}
	for j := end; j < len(c.tokens) && j < end+maxAhead; j++ { // .each { |k, v| …, .forEach(([k, v]) => …, as $k => $v)
		switch {
		case value != "" && c.isName(j) && c.tokens[j].Text == value && c.printed(j):
			return true
		case value == "" && c.isName(j) && (c.punct(j-1, ",") && c.isName(j-2) || c.punct(j-1, ">") && c.punct(j-2, "=")):
			value = c.tokens[j].Text
		}
	}
	return false
}

// isLoop reports that the "in" at i is a loop's: for k, v in.
func (c *codeReader) isLoop(i int) bool {
	const maxVars = 8
	for j := i - 1; j >= 0 && j > i-maxVars; j-- {
		switch {
		case c.isName(j) && c.tokens[j].Text == "for":
			return true
		case !c.isName(j) && !c.punct(j, ",") && !c.punct(j, "(") && !c.punct(j, ")"):
			return false
		}
	}
	return false
}

// inComprehension reports [print(v) for k, v in …]: the value is shown in front
// of the loop at i.
func (c *codeReader) inComprehension(i int, value string) bool {
	const maxBack = 48
	loop := 0
	for j := i - 1; j >= 0 && j > i-maxBack; j-- {
		switch {
		case c.punct(j, "[") && (c.match[j] == 0 || c.match[j] > i):
			return false
		case loop == 0 && c.isName(j) && c.tokens[j].Text == "for":
			loop = j
		case loop > 0 && c.isName(j) && c.tokens[j].Text == value && c.printed(j):
			return true
		case c.punct(j, ";"):
			return false
		}
	}
	return false
}

// tested reports that only whether a variable is set is asked: !!x, x ? a : b,
// len(x), "x" in os.environ.
func (c *codeReader) tested(k *call, end int) bool {
	if k.last == "length" || k.last == "size" || c.punct(k.at-1, "!") || c.punct(end, "?") && !c.punct(end+1, ".") {
		return true
	}
	if c.isName(k.at-1) && c.tokens[k.at-1].Text == "in" && !c.punct(end, ".") && !c.isLoop(k.at-1) {
		return true
	}
	if c.punct(k.at-1, "(") && c.isName(k.at-2) {
		switch c.tokens[k.at-2].Text {
		case "bool", "Boolean", "len", "isset", "empty", "keys":
			return true
		}
	}
	return false
}

// sent reports whether the expression at i stands in the arguments of a call
// that sends it to another machine.
func (c *codeReader) sent(i int) bool {
	const maxBack = 24
	for j := i - 1; j >= 0 && j > i-maxBack && !c.punct(j, ";"); j-- {
		if c.isName(j) && c.punct(j+1, "(") {
			switch c.tokens[j].Text {
			case "post", "put", "patch", "send", "sendall", "fetch", "urlopen", "publish":
				return true
			}
		}
	}
	return false
}

// printed reports whether the expression at i stands in the arguments of a call
// that shows or sends it.
func (c *codeReader) printed(i int) bool {
	if c.echoes {
		return !c.isName(i-1) || c.tokens[i-1].Text != "delete"
	}
	const maxBack = 24
	for j := i - 1; j >= 0 && j > i-maxBack; j-- {
		switch {
		case c.punct(j, ";"), c.forChild(j, i):
			return false
		case c.isName(j) && shows(c.tokens[j].Text) && c.takes(j, i):
			return true
		}
	}
	return false
}

// shows reports the name of what puts its arguments before someone's eyes.
func shows(name string) bool {
	switch name {
	case "print", "println", "printf", "log", "puts", "pp", "echo", "print_r", "var_dump", "dumps", "stringify", "pprint", "write", "dump", "info", "say", "p":
		return true
	}
	return false
}

// takes reports that what follows the name at j is arguments, with the
// expression at i among them: in brackets, or as words behind it, as in puts x.
func (c *codeReader) takes(j, i int) bool {
	switch {
	case c.punct(j+1, "("):
		return c.match[j+1] == 0 || c.match[j+1] > i
	case j+1 < len(c.tokens) && c.tokens[j+1].Kind == code.TokenPunct:
		return !strings.Contains("=.,:)]}", c.tokens[j+1].Text)
	}
	return true
}

// forChild reports that the expression at i becomes the environment of another
// process: run(x, env=os.environ), spawn(x, {env: {...process.env}}).
func (c *codeReader) forChild(j, i int) bool {
	opens := (c.punct(j, "(") || c.punct(j, "{")) && c.match[j] > i
	if opens && c.punct(j, "(") && c.isName(j-1) && spawns(c.tokens[j-1].Text) {
		return true
	}
	if j != i-1 && !opens {
		return false
	}
	if opens && c.isName(j-1) {
		j-- // dict(os.environ, A="1")
	} else if !opens {
		j++
	}
	return (c.punct(j-1, "=") || c.punct(j-1, ":")) && c.isName(j-2) && c.tokens[j-2].Text == "env"
}

// spawns reports the name of a call that takes the environment of a process as
// it takes its arguments, without a keyword.
func spawns(name string) bool {
	switch name {
	case "posix_spawn", "posix_spawnp", "execve", "execvpe", "execle", "execlpe", "spawnve", "spawnvpe":
		return true
	}
	return false
}
