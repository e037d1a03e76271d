package hook

// copilot is Copilot CLI (1.0.102): preToolUse in .github/hooks/*.json. No answer
// leaves the tool to its own permissions. Every status but 0 blocks, without the
// reason, so that a denial is given with 0.
func copilot() schema {
	return schema{
		read: readCopilot,
		deny: func(reason string) Output {
			return Output{Stdout: jsonLine(struct {
				Decision string `json:"permissionDecision"`
				Reason   string `json:"permissionDecisionReason"`
			}{"deny", reason})}
		},
	}
}

// copilotVSCode is Copilot's hook as VS Code runs it, which takes Copilot CLI's files
// for its own and Claude Code's shape for the event and the answer. So does Copilot
// CLI itself for an event that is called PreToolUse; it reads the outer names.
func copilotVSCode() schema {
	a := copilot()
	a.read = readClaude
	a.deny = func(reason string) Output {
		type specific struct {
			Event    string `json:"hookEventName"`
			Decision string `json:"permissionDecision"`
			Reason   string `json:"permissionDecisionReason"`
		}
		return Output{Stdout: jsonLine(struct {
			Decision string   `json:"permissionDecision"`
			Reason   string   `json:"permissionDecisionReason"`
			Specific specific `json:"hookSpecificOutput"`
		}{"deny", reason, specific{"PreToolUse", "deny", reason}})}
	}
	return a
}

func readCopilot(event object) (e Event, err error) {
	if e.Session, err = event.optional("sessionId"); err != nil {
		return e, err
	}
	if e.Dir, err = event.optional("cwd"); err != nil {
		return e, err
	}
	tool, err := event.text("toolName")
	if err != nil {
		return e, err
	}
	input, err := event.input("toolArgs", tool)
	if err != nil {
		return e, err
	}
	return e, e.use(tool, input)
}
