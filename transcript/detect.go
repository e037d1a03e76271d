package transcript

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// A Format is a kind of transcript.
type Format string

// The formats that are read.
const (
	Claude    Format = "claude"    // Claude Code session files, and its stream-json output
	Codex     Format = "codex"     // Codex rollouts
	Cursor    Format = "cursor"    // transcripts of Cursor's agent, and its stream-json output
	Gemini    Format = "gemini"    // Gemini CLI sessions
	Copilot   Format = "copilot"   // Copilot CLI's events
	OpenCode  Format = "opencode"  // OpenCode exports
	OpenHands Format = "openhands" // OpenHands events and trajectories
	SWEAgent  Format = "swe-agent" // SWE-agent and mini-SWE-agent trajectories
	Markdown  Format = "markdown"  // exports of SpecStory, Cursor, Cline and Automaker
	Asciicast Format = "asciicast" // terminal recordings, v2 and v3
	History   Format = "history"   // of bash, zsh or fish
	Journal   Format = "journal"   // restrain's own
	Sessions  Format = "sessions"  // JSON Lines {"session","commands"}
)

// Formats lists what ParseFormat takes.
var Formats = [...]Format{Claude, Codex, Cursor, Gemini, Copilot, OpenCode, OpenHands, SWEAgent, Markdown, Asciicast, History, Journal, Sessions}

// ParseFormat reads the name of a format; the empty name is none, to be found out.
func ParseFormat(name string) (Format, error) {
	if name == "" {
		return "", nil
	}
	names := make([]string, len(Formats))
	for i, f := range Formats {
		if string(f) == name {
			return f, nil
		}
		names[i] = string(f)
	}
	return "", fmt.Errorf("unknown format %q: use %s", name, strings.Join(names, ", "))
}

// whatIsRead is what an unknown file is told to be.
const whatIsRead = "a Claude Code, Codex, Cursor, Gemini CLI or Copilot CLI session file, a SWE-agent or OpenHands trajectory, " +
	"an export of OpenCode, SpecStory, Cursor, Cline or Automaker, an asciicast v2 or v3, a history of bash, zsh or fish, a journal of restrain, " +
	`or JSON Lines {"session","commands"}; name the format with --format if it is one of these`

// maxLook is how much of a file its format is found out from, in bytes.
const maxLook = 1 << 20

// detect finds out what a file is from its beginning and its name. It gives ""
// when it cannot tell: plain text is not taken for commands on a guess.
func detect(name string, head []byte) Format {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n")
	switch {
	case len(text) == 0:
		return ""
	case text[0] == '{' || text[0] == '[':
		return detectJSON(text)
	case isStamp(firstLine(text)), isZshLine(firstLine(text)), isFish(text):
		return History
	case !validStart(text, 512) && !isHistoryName(name):
		return ""
	case isMarkdown(string(text)):
		return Markdown
	case isHistoryName(name):
		return History
	}
	return ""
}

// validStart reports that the first n bytes are UTF-8, but for a character that
// they cut.
func validStart(text []byte, n int) bool {
	if n = min(len(text), n); n < len(text) {
		for cut := n; cut > n-utf8.UTFMax && cut > 0; cut-- {
			if utf8.RuneStart(text[cut]) {
				n = cut
				break
			}
		}
	}
	return utf8.Valid(text[:n])
}

// maxHeadValues is how many values of a stream are looked at: the first lines
// of a session file may be of a kind that other formats have too.
const maxHeadValues = 50

func detectJSON(head []byte) Format {
	dec := json.NewDecoder(bytes.NewReader(head))
	for range maxHeadValues {
		k := keys{}
		err := k.read(dec)
		if f := k.format(); f != "" {
			return f
		}
		if err != nil {
			return ""
		}
	}
	return ""
}

// keys are the keys at the top of a JSON value, with the scalars they have. The
// keys of the first element of an array come behind the array's own key and a
// dot: "trajectory.action".
type keys map[string]string

// read takes in one value. It reads as far as it can: an error leaves the keys
// that came before it.
func (k keys) read(dec *json.Decoder) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('{'):
		return k.object(dec, "", 1)
	case json.Delim('['):
		return k.array(dec, "", 1)
	}
	return nil
}

func (k keys) object(dec *json.Decoder, prefix string, depth int) error {
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string) // a key always is
		name = prefix + name
		k[name] = ""
		if err := k.value(dec, name, depth); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

func (k keys) value(dec *json.Decoder, name string, depth int) error {
	token, err := dec.Token()
	if err != nil {
		return err
	}
	switch value := token.(type) {
	case string:
		k[name] = value
	case float64:
		k[name] = fmt.Sprint(value)
	case json.Delim:
		if value == '[' {
			return k.array(dec, name, depth)
		}
		if depth >= 2 {
			return skip(dec)
		}
		return k.object(dec, name+".", depth+1)
	}
	return nil
}

// array reads the keys of an array's first element, and past the others.
func (k keys) array(dec *json.Decoder, name string, depth int) error {
	if dec.More() && depth < 2 {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'):
			err = k.object(dec, name+".", depth+1)
		case json.Delim('['):
			err = skip(dec)
		}
		if err != nil {
			return err
		}
	}
	return skip(dec)
}

// skip reads to the end of the array or object that was begun.
func skip(dec *json.Decoder) error {
	for depth := 1; depth > 0; {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
	return nil
}

func (k keys) has(names ...string) bool {
	for _, name := range names {
		if _, ok := k[name]; !ok {
			return false
		}
	}
	return true
}

// format tells what has these keys. The order counts: what is sure comes first.
func (k keys) format() Format {
	kind := k["type"]
	switch {
	case k.has("v", "seq", "kind", "prev"):
		return Journal
	case k.has("commands"):
		return Sessions
	case k.has("version") && (k.has("width") || k.has("term") || k.has("stdout")):
		return Asciicast
	case k.has("payload", "type"), k.has("record_type"), kind == "session_meta", kind == "response_item",
		k.has("id", "timestamp", "instructions"), k.has("session", "items"), kind == "thread.started", k.has("type", "item"):
		return Codex
	case k.has("trajectory.args"), k.has("trajectory.extras"), k.has("history.args"), k.has("history.extras"),
		k.has("history.kind"), k.has(".source"), k.has(".extras"),
		k.has("source", "action"), k.has("source", "observation"), k.has("action", "args"), k.has("source", "kind"),
		strings.HasSuffix(k["kind"], "Event") && k.has("timestamp"):
		return OpenHands
	case k.has("messages.parts") && !k.has("projectHash"), k.has("messages.info"), k.has("info.id", "info.directory", "messages"):
		return OpenCode
	case k.has("type", "data") && (strings.HasPrefix(kind, "session.") || strings.HasPrefix(kind, "user.") || strings.HasPrefix(kind, "assistant.") || strings.HasPrefix(kind, "tool.")):
		return Copilot
	case k.has("trajectory"), k.has("trajectory_format"), k.has("info", "messages"):
		return SWEAgent
	case k.has("projectHash"), k.has("sessionId", "messages"), k.has("tool_id", "tool_name"), kind == "init" && k.has("session_id"):
		return Gemini
	case k.has("role", "message") && kind == "", k.has("tool_call", "call_id"),
		kind == "system" && k["subtype"] == "init" && !k.has("tools"):
		return Cursor
	case k.has("parentUuid"), k.has("sessionId", "type"), k.has("session_id", "type"), k.has("leafUuid"),
		k.has("message") && (kind == "assistant" || kind == "user"),
		kind == "file-history-snapshot", kind == "queue-operation":
		return Claude
	}
	return ""
}

func firstLine(text []byte) string {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	return strings.TrimRight(string(line), "\r")
}

// isHistoryName reports whether a file is named as shells name their histories.
func isHistoryName(name string) bool {
	return strings.HasSuffix(strings.ToLower(filepath.Base(name)), "history")
}
