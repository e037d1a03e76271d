package classify

import (
	"strings"

	"restrain/shellparse"
)

// readConnections notes the code that ties a shell to a connection, and the
// code that runs what it has decoded or fetched.
func (c *codeReader) readConnections() {
	connects, shell := false, false
	for i := range c.tokens {
		t := &c.tokens[i]
		switch t.Kind {
		case shellparse.TokenName:
			switch t.Text {
			case "socket", "TCPSocket", "UDPSocket", "TCPClient", "fsockopen", "pfsockopen", "stream_socket_client", "socket_connect",
				"create_connection", "sockaddr_in", "net":
				connects = true
			case "dup2", "pty":
				shell = true
			case "exec", "eval", "Function", "compile":
				if c.punct(i+1, "(") && c.match[i+1] > 0 && c.decodes(i+2, min(c.match[i+1], len(c.tokens))) {
					c.r.builtIn("decoded-code", classObfuscated, High, "decodes or fetches code and runs it",
						"nobody can read what it does before it does it", "T1027")
				}
			}
		case shellparse.TokenString:
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

// decodes reports a call among the tokens that decodes text or fetches it.
func (c *codeReader) decodes(from, to int) bool {
	for i := from; i < to; i++ {
		if c.tokens[i].Kind != shellparse.TokenName && c.tokens[i].Kind != shellparse.TokenString {
			continue
		}
		switch c.tokens[i].Text {
		case "b64decode", "b32decode", "a85decode", "unhexlify", "fromhex", "decompress", "base64_decode", "gzinflate", "str_rot13", "hex2bin",
			"atob", "decode64", "unpack", "marshal", "urlopen", "base64", "rot13", "file_get_contents":
			return true
		}
	}
	return false
}
