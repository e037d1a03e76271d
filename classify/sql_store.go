package classify

import (
	"strings"

	"restrain/code"
	"restrain/secret"
)

// Stores without SQL have statements too; their verbs are those of SQL where
// the meaning is the same, else the store's own.

// readRedis reads redis-cli: flags, then a command. The lines of its input are
// commands of their own.
func (r *reader) readRedis() {
	var target sqlTarget
	var list []string
	w := words{list: r.cmd.Argv[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		if len(list) > 0 || len(text) < 2 || text[0] != '-' {
			list = append(list, text)
			continue
		}
		switch text {
		case "-h", "-u":
			target.connection(w.value("", false))
		case "-n":
			target.db = w.value("", false)
		case "-p", "-a", "-s", "-i", "-r", "-d", "--user", "--pass", "--cacert", "--cert", "--key", "--sni", "--pattern", "--count":
			w.value("", false)
		case "--eval":
			if script, ok := r.readText(w.value("", false)); ok {
				r.redisScript(script, &target)
			}
		}
	}
	if target.scope == "" {
		target.setHost(r.cmd.Host)
	}
	r.redisCommand(list, &target)
}

// redisCommand adds a command of Redis; its verb is its name in lower case.
func (r *reader) redisCommand(list []string, target *sqlTarget) {
	if len(list) == 0 || len(r.facts.sqls) >= maxStatements {
		return
	}
	verb := strings.ToLower(list[0])
	object := target.db
	if len(list) > 1 {
		object = list[1]
	}
	switch verb {
	case "eval", "script", "function":
		if len(list) > 1 {
			r.redisScript(strings.Join(list[1:], " "), target)
		}
		object = ""
	case "config", "debug", "cluster", "acl", "client":
		if len(list) > 1 {
			verb += " " + strings.ToLower(list[1])
		}
	}
	r.facts.sqls = append(r.facts.sqls, sqlFact{
		verb: verb, object: object, host: target.host, scope: target.scope, database: target.db,
		text: secret.Redact(cutText(strings.Join(list, " "))),
	})
}

// redisScript finds redis.call('FLUSHALL') in Lua.
func (r *reader) redisScript(script string, target *sqlTarget) {
	const marker = "call("
	for {
		i := strings.Index(script, marker)
		if i < 0 {
			return
		}
		script = script[i+len(marker):]
		if script == "" || !isQuote(script[0]) {
			continue
		}
		verb, used := unescapeString(script[1:], script[0])
		script = script[min(1+used, len(script)):]
		switch strings.ToLower(verb) {
		case "eval", "script", "function":
		default:
			r.redisCommand([]string{verb}, target)
		}
	}
}

// cutText cuts a text that is only shown.
func cutText(text string) string {
	const maxText = 160
	if len(text) <= maxText {
		return text
	}
	return strings.ToValidUTF8(text[:maxText], "") + "…"
}

// readMongo reads the JavaScript that mongosh is given: --eval, files, standard
// input.
func (r *reader) readMongo() {
	var target sqlTarget
	var scripts []string
	told := false
	w := words{list: r.cmd.Argv[1:]}
	for text, ok := w.next(); ok; text, ok = w.next() {
		name, value, attached := strings.Cut(text, "=")
		switch {
		case strings.HasPrefix(text, "mongodb"):
			target.connection(text)
		case len(text) < 2 || text[0] != '-':
			if strings.HasSuffix(text, ".js") {
				script, ok := r.readText(text)
				if told = true; ok {
					scripts = append(scripts, script)
				}
			} else {
				target.db = text
			}
		case name == "--eval":
			told = true
			scripts = append(scripts, w.value(value, attached))
		case name == "--file", name == "-f":
			told = true
			if script, ok := r.readText(w.value(value, attached)); ok {
				scripts = append(scripts, script)
			}
		case name == "--host":
			target.connection(w.value(value, attached))
		case name == "--port", name == "-u", name == "--username", name == "-p", name == "--password", name == "--authenticationDatabase":
			w.value(value, attached)
		}
	}
	if target.scope == "" {
		target.setHost(r.cmd.Host)
	}
	if !told && r.cmd.Input != nil {
		scripts = append(scripts, r.cmd.Input.Text)
	}
	before := len(r.facts.sqls)
	for _, script := range scripts {
		r.readTokens("javascript", code.Lex("javascript", script))
	}
	for i := before; i < len(r.facts.sqls); i++ {
		f := &r.facts.sqls[i]
		f.host, f.scope, f.database = target.host, target.scope, target.db
		if f.object == "" {
			f.object = target.db
		}
	}
}
