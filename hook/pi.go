package hook

// pi is pi (0.73.1). It has extensions in place of hooks: one for tool_call
// hands over {"toolName","toolCallId","input","cwd"} and returns the answer,
// which blocks.
func pi() schema {
	return schema{read: readPi, deny: denyPlugin, change: changePlugin}
}

func readPi(event object) (Event, error) {
	return readPlugin(event, "sessionId", "toolName", "input")
}
