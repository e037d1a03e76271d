package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"

	"restrain/hook"
	"restrain/session"
	"restrain/setup"
)

// This file runs the plugins that OpenCode and pi have in place of hooks.

// pluginDriver loads a plugin as its agent does and has it asked about an event.
// It ends with 2 and the reason when the plugin keeps the tool from being used.
const pluginDriver = `
const [file, agent, event] = process.argv.slice(1)
const e = JSON.parse(event)
const plugin = await import(file)
let reason
if (agent === "pi") {
  const handlers = []
  plugin.default({ on: (name, handler) => { if (name === "tool_call") handlers.push(handler) } })
  for (const handler of handlers) {
    const answer = await handler({ toolName: e.toolName, toolCallId: "1", input: e.input }, { cwd: e.cwd })
    if (answer?.block) reason = answer.reason
  }
} else {
  for (const load of Object.values(plugin)) {
    const hooks = await load({ directory: e.cwd, worktree: e.cwd })
    try {
      await hooks["tool.execute.before"]?.({ tool: e.tool, sessionID: e.sessionID, callID: "1" }, { args: e.args })
    } catch (err) {
      reason = err.message
    }
  }
}
if (reason !== undefined) { console.error(reason); process.exit(2) }
`

// plugin has a plugin asked about an event, by the runtime that it was written
// for.
func (d *doctor) plugin(ctx context.Context, agent *setup.Agent, g *setup.Guard, event []byte) (hook.Output, bool) {
	node, err := exec.LookPath("node")
	if err != nil {
		return hook.Output{Stderr: "node is not in PATH to run the plugin with", Status: session.ExitNotFound}, false
	}
	text, err := os.ReadFile(g.Argv[0])
	if err != nil {
		return hook.Output{Stderr: err.Error(), Status: session.ExitError}, false
	}
	// Under a name by which node takes it for what it is.
	module := filepath.Join(d.state, agent.Name+".mjs")
	if err := os.WriteFile(module, text, 0o600); err != nil {
		return hook.Output{Stderr: err.Error(), Status: session.ExitError}, false
	}
	output := d.run(ctx, []string{node, "--input-type=module", "-e", pluginDriver, "--", module, agent.Hook, string(event)}, g.Env, nil)
	return output, output.Status == session.ExitUsage
}
