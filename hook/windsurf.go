package hook

import "fmt"

// windsurf is Windsurf's Cascade, by its documentation
// (docs.windsurf.com/windsurf/cascade/hooks): the pre_ hooks of hooks.json. Only
// the exit status answers.
func windsurf() schema {
	return schema{
		read: readWindsurf,
		deny: func(reason string) Output { return Output{Stderr: reason + "\n", Status: blocks} },
	}
}

func readWindsurf(event object) (e Event, err error) {
	name, err := event.text("agent_action_name")
	if err != nil {
		return e, err
	}
	if e.Session, err = event.optional("trajectory_id"); err != nil {
		return e, err
	}
	info, err := event.inner("tool_info")
	if err != nil {
		return e, err
	}
	if e.Dir, err = info.optional("cwd"); err != nil {
		return e, err
	}
	switch name {
	case "pre_run_command":
		return e, e.use("run_command", info)
	case "pre_read_code":
		return e, e.use("read_file", info)
	case "pre_write_code":
		return e, e.use("write_file", info)
	case "pre_mcp_tool_use":
		return e, e.mcp(info, "mcp_server_name", "mcp_tool_name", "mcp_tool_arguments")
	}
	return e, fmt.Errorf("agent_action_name is %q: configure the hook for pre_run_command, pre_read_code, pre_write_code and pre_mcp_tool_use", name)
}
