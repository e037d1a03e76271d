package classify

// This file reads what code does with its environment: os.environ, process.env,
// ENV.

// printCall adds what a call shows of the environment.
func (c *codeReader) printCall(k *call) {
	switch k.last {
	case "phpinfo":
		c.r.facts.envs = append(c.r.facts.envs, envFact{op: envDump, text: c.source(k)})
	case "getenv":
		if name, ok := c.arg(k, 0); ok && name != "" && c.printed(k.at) {
			c.r.facts.envs = append(c.r.facts.envs, envFact{op: envPrint, name: name, text: c.source(k)})
		}
	}
}

// environIndex gives the part of a path that is the environment, or -1.
func environIndex(path []string) int {
	for i, part := range path {
		switch part {
		case "environ", "ENV", "$_ENV", "$ENV", "%ENV":
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
	if !c.printed(k.at) || c.tested(k, end) {
		return
	}
	name := ""
	switch {
	case at+1 < len(k.path):
		name = k.path[at+1]
		switch name {
		case "items", "copy", "to_h", "to_a", "toObject", "keys", "each":
			name = ""
		case "get", "fetch":
			if name = hole; c.isString(end + 1) {
				name = c.tokens[end+1].Text
			}
		}
	case c.punct(end, "[") || c.punct(end, "{"):
		if name = hole; c.isString(end+1) || c.isName(end+1) {
			name = c.tokens[end+1].Text
		}
	}
	fact := envFact{op: envDump, text: "the environment, printed by code"}
	if name != "" {
		fact = envFact{op: envPrint, name: name, text: name + ", printed by code"}
	}
	c.r.facts.envs = append(c.r.facts.envs, fact)
}

// tested reports that only whether a variable is set is asked: !!x, x ? a : b,
// len(x), "x" in os.environ.
func (c *codeReader) tested(k *call, end int) bool {
	if k.last == "length" || k.last == "size" || c.punct(k.at-1, "!") || c.punct(end, "?") && !c.punct(end+1, ".") {
		return true
	}
	if c.isName(k.at-1) && c.tokens[k.at-1].Text == "in" && !c.punct(end, ".") {
		return true
	}
	if c.punct(k.at-1, "(") && c.isName(k.at-2) {
		switch c.tokens[k.at-2].Text {
		case "bool", "Boolean", "len", "isset", "empty":
			return true
		}
	}
	return false
}

// printed reports whether the expression at i stands in the arguments of a call
// that shows or sends it.
func (c *codeReader) printed(i int) bool {
	const maxBack = 24
	for j := i - 1; j >= 0 && j > i-maxBack; j-- {
		if c.punct(j, ";") {
			return false
		}
		if c.isName(j) {
			switch c.tokens[j].Text {
			case "print", "log", "puts", "pp", "echo", "print_r", "var_dump", "dumps", "stringify", "pprint", "write", "dump", "info", "say", "p":
				return true
			}
		}
	}
	return false
}
