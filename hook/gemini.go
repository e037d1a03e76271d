package hook

// gemini is Gemini CLI (0.61.0): BeforeTool in settings.json, whose timeout is
// in milliseconds. It hangs on "ask" where nobody is there.
func gemini() schema {
	return schema{
		read:  readGemini,
		allow: Output{Stdout: `{"decision":"allow"}` + "\n"},
		deny: func(reason string) Output {
			answer := jsonLine(struct {
				Decision string `json:"decision"`
				Reason   string `json:"reason"`
			}{"deny", reason})
			return Output{Stdout: answer, Stderr: reason + "\n", Status: blocks}
		},
		// geminicli.com/docs/hooks/reference: merged with the tool's own input.
		change: func(input object) Output {
			type specific struct {
				Input object `json:"tool_input"`
			}
			return Output{Stdout: jsonLine(struct {
				Decision string   `json:"decision"`
				Specific specific `json:"hookSpecificOutput"`
			}{"allow", specific{input}})}
		},
	}
}

func readGemini(event object) (Event, error) {
	if err := wantEvent(event, "hook_event_name", "BeforeTool"); err != nil {
		return Event{}, err
	}
	e, tool, input, err := readCall(event, "cwd")
	if err != nil {
		return e, err
	}
	if !event.has("mcp_context") {
		return e, e.use(tool, input)
	}
	server, err := event.inner("mcp_context") // tells both names apart
	if err != nil {
		return e, err
	}
	e.Tool = tool
	return e, e.serve(server.anyOf("server_name"), server.anyOf("tool_name"), input)
}
