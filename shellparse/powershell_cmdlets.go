package shellparse

import (
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
)

//go:embed powershell_cmdlets.txt
var cmdletText string

// A cmdlet is a command of PowerShell with its parameters.
type cmdlet struct {
	name   string
	params []cmdletParam
	posix  []string // the program that does the same with files
}

// A cmdletParam has its names, the usual one first.
type cmdletParam struct {
	names []string
	kind  byte // '@' for an operand, '=' for a value, 0 for a switch
}

// cmdlets are those of the table by name and alias, in small letters. They are read
// when PowerShell is first met: most lines are a shell's.
var cmdlets = sync.OnceValue(func() map[string]*cmdlet {
	all := make(map[string]*cmdlet)
	for line := range strings.Lines(cmdletText) {
		names, params, ok := strings.Cut(line, ";")
		if !ok || line[0] == '#' {
			continue
		}
		params, posix, _ := strings.Cut(params, ";")
		fields := strings.Fields(names)
		c := &cmdlet{name: fields[0], posix: strings.Fields(posix)}
		for param := range strings.FieldsSeq(params + " =ErrorAction,ea =ErrorVariable,ev =WarningAction,wa =InformationAction,infa =OutVariable,ov =OutBuffer =PipelineVariable,pv Verbose Debug WhatIf Confirm") {
			p := cmdletParam{}
			if param[0] == '@' || param[0] == '=' {
				p.kind, param = param[0], param[1:]
			}
			p.names = strings.Split(param, ",")
			c.params = append(c.params, p)
		}
		for _, name := range fields {
			all[strings.ToLower(name)] = c
		}
	}
	return all
})

// cmdletOf is the cmdlet of a name or an alias.
func cmdletOf(name string) (c *cmdlet, ok bool) {
	c, ok = cmdlets()[strings.ToLower(name)]
	return c, ok
}

// param finds a parameter by its name, which may be cut short.
func (c *cmdlet) param(name string) *cmdletParam {
	name = strings.ToLower(strings.TrimPrefix(name, "-"))
	var found *cmdletParam
	for i := range c.params {
		for _, full := range c.params[i].names {
			full = strings.ToLower(full)
			switch {
			case full == name:
				return &c.params[i]
			case !strings.HasPrefix(full, name):
			case found == nil || found == &c.params[i]:
				found = &c.params[i]
			case i < len(c.params)-11: // common parameters give way
				return nil
			}
		}
	}
	return found
}

// takes reports that all parameters are the cmdlet's. An alias such as rm is
// otherwise the program of that name.
func (c *cmdlet) takes(args []psArg, name string) bool {
	if !hasField("cat copy cp curl del dir echo erase kill ls move mv pwd rd ren rm rmdir set sort start tee type wget where", strings.ToLower(name)) {
		return true
	}
	for _, arg := range args {
		if arg.name != "" && c.param(strings.TrimSuffix(arg.name, ":$false")) == nil {
			return false
		}
		if arg.name == "" && len(arg.value.words) == 1 && strings.HasPrefix(arg.value.words[0].Text, "--") {
			return false
		}
	}
	return true
}

// A bound is a cmdlet with its arguments in their places.
type bound struct {
	*cmdlet
	values   map[string][]Word
	blocks   []*psNode
	table    psValue
	switches []string
	spans    map[string]Span
	extra    []Word // words that no parameter takes
	redirs   []Redir
	span     Span
	node     *psNode
	stage    psStage
}

// bind puts arguments to the parameters they are for.
func (c *cmdlet) bind(args []psArg) bound {
	b := bound{cmdlet: c, values: make(map[string][]Word), spans: make(map[string]Span)}
	var free []psArg
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg.value.block != nil {
			b.blocks = append(b.blocks, arg.value.block)
		}
		if arg.name == "" {
			free = append(free, arg)
			continue
		}
		name, off := strings.CutSuffix(arg.name, ":$false")
		p := c.param(name)
		switch {
		case off && p != nil && p.kind == 0:
			if p.names[0] == "Confirm" {
				b.switches = append(b.switches, "Confirm:$false")
			}
		case p == nil:
			b.extra = append(b.extra, Word{Text: arg.name, Span: arg.span})
		case p.kind == 0:
			b.switches = append(b.switches, p.names[0])
		default:
			if len(arg.value.words) == 0 && i+1 < len(args) && args[i+1].name == "" {
				i++
				arg.value = args[i].value
				if arg.value.block != nil {
					b.blocks = append(b.blocks, arg.value.block)
				}
			}
			if len(arg.value.words) == 0 {
				arg.value.words = []Word{unknown(arg.name)}
			}
			b.put(p, arg)
		}
	}
	for _, p := range c.params {
		if _, taken := b.values[p.names[0]]; p.kind == '@' && !taken && len(free) > 0 {
			b.put(&p, free[0])
			free = free[1:]
		}
	}
	for _, arg := range free {
		b.extra = append(b.extra, arg.value.words...)
	}
	return b
}

func (b *bound) put(p *cmdletParam, arg psArg) {
	b.values[p.names[0]] = arg.value.words
	b.spans[p.names[0]] = arg.span
	if arg.value.table != nil {
		b.table = arg.value
	}
}

func (b *bound) operand(name string) []Word { return b.values[name] }

func (b *bound) has(name string) bool {
	for _, s := range b.switches {
		if s == name {
			return true
		}
	}
	return false
}

// argv is the command as it is handed on: full names, values as -Name:value, and
// what it is about as operands.
func (b *bound) argv() []Word {
	argv := []Word{{Text: b.name, Span: Span{b.span.Start, b.span.Start}}}
	for _, s := range b.switches {
		argv = append(argv, Word{Text: "-" + s})
	}
	for _, p := range b.params {
		words := b.values[p.names[0]]
		if p.kind != '=' || len(words) == 0 {
			continue
		}
		w := joinWords(words, ",")
		w.Text = "-" + p.names[0] + ":" + w.Text
		w.Span = b.spans[p.names[0]]
		argv = append(argv, w)
	}
	for _, p := range b.params {
		for _, w := range b.values[p.names[0]] {
			switch {
			case p.kind == '@' && (p.names[0] == "Filter" || p.names[0] == "Value"):
				argv = append(argv, prefixed("-"+p.names[0]+":", w))
			case p.kind == '@':
				if isPathParam(p.names[0]) {
					w = slashes(w)
				}
				argv = append(argv, w)
			}
		}
	}
	return append(argv, b.extra...)
}

func isPathParam(name string) bool {
	return strings.HasSuffix(name, "Path") || name == "Destination" || name == "NewName"
}

// asJSON is what ConvertTo-Json makes of a value.
func asJSON(v psValue, depth int) string {
	if v.table == nil || depth > 8 {
		text, _ := json.Marshal(joinWords(v.words, " ").Text)
		return string(text)
	}
	var b strings.Builder
	for i, pair := range v.table {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(pair.key)
		b.Write(key)
		b.WriteByte(':')
		b.WriteString(asJSON(pair.value, depth+1))
	}
	return "{" + b.String() + "}"
}
