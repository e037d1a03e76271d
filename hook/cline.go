package hook

// cline is Cline CLI (3.0.65): the program ~/.cline/hooks/PreToolUse. A denial
// ends its run. Cline in an editor sends preToolUse in place of tool_call
// (docs.cline.bot, features: hooks).
func cline() schema {
	return schema{
		read:  readCline,
		allow: Output{Stdout: `{"cancel":false}` + "\n"},
		deny: func(reason string) Output {
			return Output{Stdout: jsonLine(struct {
				Cancel bool   `json:"cancel"`
				Error  string `json:"errorMessage"`
			}{true, reason})}
		},
	}
}

func readCline(event object) (e Event, err error) {
	field, name, arguments := "tool_call", "name", "input"
	if !event.has(field) && event.has("preToolUse") {
		field, name, arguments = "preToolUse", "toolName", "parameters"
	}
	call, err := event.inner(field)
	if err != nil {
		return e, err
	}
	if e.Session, err = event.optional("taskId"); err != nil {
		return e, err
	}
	if e.Dir, err = event.optional("cwd"); err != nil {
		return e, err
	}
	if e.Dir == "" {
		roots, err := event.texts("workspace_roots", "workspaceRoots")
		if err != nil {
			return e, err
		}
		if len(roots) > 0 {
			e.Dir = roots[0]
		}
	}
	tool, err := call.text(name)
	if err != nil {
		return e, err
	}
	input, err := call.input(arguments, tool)
	if err != nil {
		return e, err
	}
	return e, e.use(tool, input)
}
