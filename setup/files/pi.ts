// Written by restrain init pi; restrain init --remove pi takes it away.
// pi calls it before it uses a tool. Whatever goes wrong, the tool is not used.
import { spawn } from "node:child_process"

const restrain = @RESTRAIN@

const ask = (event) =>
  new Promise((answer) => {
    const deny = (reason) => answer({ block: true, reason })
    const child = spawn(restrain, ["hook", "--timeout", "1h", "pi"], { stdio: ["pipe", "ignore", "pipe"] })
    let reason = ""
    child.stderr.on("data", (text) => { reason = (reason + text).slice(-8192) })
    child.on("error", (err) => deny(`restrain: denied: ${restrain} cannot be started: ${err.message}`))
    child.on("close", (status) => status === 0 ? answer(undefined) : deny(reason.trim() || `restrain: denied: it ended with status ${status}`))
    child.stdin.on("error", () => {}) // it has ended, and its status answers
    child.stdin.end(JSON.stringify(event))
  })

export default function (pi) {
  pi.on("tool_call", async (event, context) => {
    try {
      return await ask({
        toolName: event.toolName, toolCallId: event.toolCallId, input: event.input,
        cwd: context?.cwd ?? process.cwd(), sessionId: context?.sessionManager?.getSessionId?.(),
      })
    } catch (err) {
      return { block: true, reason: `restrain: denied: ${err}` }
    }
  })
}
