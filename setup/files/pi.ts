// Written by restrain init pi; restrain init --remove pi takes it away.
// pi calls it before it uses a tool. Whatever goes wrong, the tool is not used.
import { spawn } from "node:child_process"

const restrain = @RESTRAIN@

const ask = (event) =>
  new Promise((answer) => {
    const deny = (reason) => answer({ block: true, reason })
    const child = spawn(restrain, ["hook", "--timeout", "1h", "--change", "pi"], { stdio: ["pipe", "pipe", "pipe"] })
    let reason = "", text = ""
    child.stdout.on("data", (more) => { text += more })
    child.stderr.on("data", (text) => { reason = (reason + text).slice(-8192) })
    child.on("error", (err) => deny(`restrain: denied: ${restrain} cannot be started: ${err.message}`))
    child.on("close", (status) => {
      if (status !== 0) return deny(reason.trim() || `restrain: denied: it ended with status ${status}`)
      try {
        // What prints secrets is run in another way, with them withheld.
        if (text.trim()) Object.assign(event.input, JSON.parse(text).input)
        answer(undefined)
      } catch (err) { deny(`restrain: denied: ${err}`) }
    })
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
