package classify

import (
	"restrain/code"
	"strings"
)

// readConnections notes the code that ties a shell to a connection, and the
// code that runs what it has decoded or fetched.
func (c *codeReader) readConnections() {
	connects, shell := false, false
	for i := range c.tokens {
		t := &c.tokens[i]
		switch t.Kind {
		case code.TokenName:
			switch t.Text {
			case "socket", "TCPSocket", "UDPSocket", "TCPClient", "fsockopen", "pfsockopen", "stream_socket_client", "socket_connect",
				"create_connection", "sockaddr_in", "net":
				connects = true
			case "dup2", "pty":
				shell = true
			default:
				if runsText(t.Text) && (c.lang == "perl" || c.lang == "ruby") && c.isName(i+1) && c.decodes(i+1, c.statementEnd(i+1)) {
					c.r.addForm(formDecodedCode, t.Text+" …")
				}
				if runsText(t.Text) && !c.readsData(i) && c.punct(i+1, "(") && c.match[i+1] > 0 && c.decodes(i+2, c.argEnd(i+2, min(c.match[i+1], len(c.tokens)))) {
					c.r.addForm(formDecodedCode, t.Text+"(…)")
				}
			}
		case code.TokenString:
			connects = connects || t.Text == "net" || t.Text == "socket" || strings.HasPrefix(t.Text, "/inet/tcp/") || strings.HasPrefix(t.Text, "tcp://")
			shell = shell || startsShell(t.Text) || strings.HasPrefix(t.Text, "/inet/tcp/")
		}
	}
	if connects && shell {
		c.r.addPath(opWrite, "/dev/tcp/"+hole, false) // as a shell would spell it
	}
}

// startsShell reports the text of a command that opens a shell.
func startsShell(text string) bool {
	first, rest, _ := strings.Cut(text, " ")
	switch first[strings.LastIndexByte(first, '/')+1:] {
	case "sh", "bash", "zsh", "dash", "cmd.exe", "powershell", "powershell.exe":
		return rest == "" || strings.HasPrefix(rest, "-i") || strings.ContainsAny(rest, "<>")
	}
	return false
}

// runsText reports the functions that run a text as code or as a command.
func runsText(name string) bool {
	switch name {
	case "exec", "eval", "Function", "compile", "system", "popen", "Popen", "execSync", "spawnSync", "spawn", "check_output", "check_call",
		"getoutput", "getstatusoutput", "run", "call", "shell_exec", "passthru", "proc_open", "instance_eval", "class_eval",
		"loadstring", "load", "iex", "create_subprocess_shell", "runInNewContext", "runInThisContext", "create_function", "assert":
		return true
	}
	return false
}

// readsData reports a name that runs text by itself and belongs to a format of data:
// json.load runs nothing, as pickle.load does.
func (c *codeReader) readsData(i int) bool {
	if c.tokens[i].Text != "load" || !c.punct(i-1, ".") || !c.isName(i-2) {
		return false
	}
	switch c.tokens[i-2].Text {
	case "json", "JSON", "ujson", "orjson", "simplejson", "toml", "tomllib", "tomli", "csv":
		return true
	}
	return false
}

// decodes reports, among the tokens, a call that decodes text or fetches it, or
// a name that holds what such a call gave.
func (c *codeReader) decodes(from, to int) bool {
	for i := from; i < to; i++ {
		if !c.isName(i) {
			if c.isString(i) && (c.tokens[i].Text == "base64" || c.tokens[i].Text == "rot13") && c.punct(i-1, ",") && c.punct(i+1, ")") {
				return true // Buffer.from(x, "base64")
			}
			if c.backwards(i) {
				return true
			}
			continue
		}
		if c.punct(i+1, "(") && decodesText(c.tokens[i].Text) {
			return true
		}
		if c.tokens[i].Text == "get" && c.isString(i+2) && strings.Contains(c.tokens[i+2].Text, "://") {
			return true
		}
		if contains(c.decoded, c.tokens[i].Text) {
			return true
		}
	}
	return false
}

// backwards reports a text that is turned round: "…".reverse, "…"[::-1].
func (c *codeReader) backwards(i int) bool {
	return c.isString(i) && (c.punct(i+1, ".") && c.isName(i+2) && c.tokens[i+2].Text == "reverse" ||
		c.punct(i+1, "[") && c.punct(i+2, ":") && c.punct(i+3, ":"))
}

// decodesText reports the functions that decode text or fetch it.
func decodesText(name string) bool {
	switch name {
	case "b64decode", "urlsafe_b64decode", "b32decode", "a85decode", "b85decode", "unhexlify", "fromhex", "decompress", "base64_decode",
		"gzinflate", "str_rot13", "hex2bin", "atob", "decode64", "strict_decode64", "decode_base64", "unpack", "marshal", "urlopen",
		"FromBase64String", "DownloadString", "inflateSync", "gunzipSync", "file_get_contents",
		"chr", "pack", "fromCharCode", "fromCodePoint", "strrev":
		return true
	}
	return false
}
