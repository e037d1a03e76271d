package code

// This file writes out what a program finds in its environment: the variables that
// its command line gives it, and the default that it takes for one that is not set.
// Other variables stay as they are: what they hold is nobody's to spell.

// A Variable is one that a command line gives the program.
type Variable struct {
	Name, Value string
	Known       bool // the value is
}

// asksForEnvironment reports the names that environment is read by.
func asksForEnvironment(name string) bool { return name == "getenv" || isEnvironment(name) }

// environment writes the value of what starts at i: os.environ.get("X", "d"),
// process.env.X || "d", $ENV{X} // "d".
func (k *knower) environment(i int) (end int) {
	if k.is(i-1, ".") || k.tokens[i].Kind != TokenName || i > 0 && k.tokens[i-1].Text == "import" {
		return 0
	}
	at := i
	for k.is(at+1, ".") && !asksForEnvironment(k.tokens[at].Text) { // os.environ, process.env
		at += 2
	}
	if at >= len(k.tokens) || !asksForEnvironment(k.tokens[at].Text) {
		return 0
	}
	name, standard, end := k.variableName(at)
	if end == 0 || homeVariable(name) || name == "PWD" {
		return 0
	}
	value, set, known := k.p.variable(name)
	if k.is(end, "=") && !k.is(end+1, "=") {
		return 0 // it is set
	}
	after := end
	if operator := k.otherwise(end); operator > 0 && operator < len(k.tokens) && k.tokens[operator].Kind == TokenString {
		standard, after = operator, operator+1
	}
	switch {
	case !known || !set && standard == 0:
		return 0
	case set && value == "" && after != end: // some of the operators take an empty one for none
		return 0
	case set:
		k.add(i, TokenString, value)
	default:
		k.add(i, TokenString, k.tokens[standard].Text)
	}
	return after
}

// variableName reads the name of the variable behind the environment's own at i, and where
// its default stands, 0 for none.
func (k *knower) variableName(i int) (name string, standard, end int) {
	str := func(j int) bool { return j < len(k.tokens) && k.tokens[j].Kind == TokenString }
	call := i + 1
	if k.is(i+1, ".") && i+2 < len(k.tokens) && k.tokens[i+2].Kind == TokenName {
		switch k.tokens[i+2].Text {
		case "get", "fetch":
			call = i + 3
		default:
			if k.lang != "javascript" || k.is(i+3, "(") {
				return "", 0, 0
			}
			return k.tokens[i+2].Text, 0, i + 3 // process.env.X
		}
	} else if k.tokens[i].Text != "getenv" && (k.is(i+1, "[") && k.is(i+3, "]") || k.is(i+1, "{") && k.is(i+3, "}")) {
		if str(i+2) || k.lang == "perl" && k.tokens[i+2].Kind == TokenName {
			return k.tokens[i+2].Text, 0, i + 4
		}
		return "", 0, 0
	}
	switch {
	case !k.is(call, "(") || !str(call+1):
		return "", 0, 0
	case k.is(call+2, ")"):
		return k.tokens[call+1].Text, 0, call + 3
	case k.is(call+2, ",") && str(call+3) && k.is(call+4, ")"):
		return k.tokens[call+1].Text, call + 3, call + 5
	}
	return "", 0, 0
}

// otherwise gives what stands behind ||, ??, ?: or // at i, or 0.
func (k *knower) otherwise(i int) int {
	switch {
	case k.is(i, "//"):
		return i + 1
	case k.is(i, "|") && k.is(i+1, "|"), k.is(i, "?") && (k.is(i+1, "?") || k.is(i+1, ":")):
		return i + 2
	case k.lang == "python" && k.is(i, "or"):
		return i + 1
	}
	return 0
}

// variable gives what is known of one.
func (p *Program) variable(name string) (value string, set, known bool) {
	for i := len(p.Env) - 1; i >= 0; i-- {
		if v := &p.Env[i]; v.Name == name {
			return v.Value, true, v.Known
		}
	}
	return "", false, p.Unset != nil && p.Unset(name)
}
