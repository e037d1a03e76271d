// Written by restrain init opencode; restrain init --remove opencode takes it away.
// OpenCode calls it before it uses a tool. Whatever goes wrong, the tool is not used.
import { spawn } from "node:child_process"

const restrain = @RESTRAIN@

const ask = (event) =>
  new Promise((allow, deny) => {
    const child = spawn(restrain, ["hook", "--timeout", "1h", "--change", "opencode"], { stdio: ["pipe", "pipe", "pipe"] })
    let reason = "", text = ""
    child.stdout.on("data", (more) => { text += more })
    child.stderr.on("data", (text) => { reason = (reason + text).slice(-8192) })
    child.on("error", (err) => deny(new Error(`restrain: denied: ${restrain} cannot be started: ${err.message}`)))
    child.on("close", (status) => {
      if (status !== 0) return deny(new Error(reason.trim() || `restrain: denied: it ended with status ${status}`))
      try { allow(text.trim() ? JSON.parse(text).input : {}) } catch (err) { deny(err) }
    })
    child.stdin.on("error", () => {}) // it has ended, and its status answers
    child.stdin.end(JSON.stringify(event))
  })

export const Restrain = async ({ directory }) => ({
  "tool.execute.before": async (input, output) => {
    // What prints secrets is run in another way, with them withheld.
    Object.assign(output.args, await ask({ tool: input.tool, sessionID: input.sessionID, callID: input.callID, cwd: directory, args: output.args }))
  },
})
