#!/usr/bin/env python3
"""Records what full-screen programs write to a terminal, for programs_test.go.

    record.py NAME...            writes NAME.gz beside this file, or all of them without a name

Run as root on Linux. Each program runs in namespaces of its own: no network but
loopback, no processes but its own, a host called "dev", an empty /home/dev as its
home; so a recording holds nothing of the machine it was made on. Agents come from
npm: AGENTS=DIR, with DIR/node_modules as npm made it, talk to a model that says
the same to everything.
"""
import fcntl, gzip, json, os, pty, re, select, struct, subprocess, sys, termios, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HERE, ROWS, COLS = os.path.dirname(os.path.abspath(__file__)), 24, 80
MODEL = "http://127.0.0.1:4100"
TEXT = "I looked at the project.\n\n- **main.go** starts the server\n- `make test` runs the tests, 日本語 too\n\n| file | lines |\n|---|---|\n| a.go | 10 |\n| b.go | 20 |\n"
BIN = "/opt/agents/node_modules/"

CLAUDE = {".claude.json": json.dumps({"hasCompletedOnboarding": True, "theme": "dark", "projects": {"/home/dev/app": {"hasTrustDialogAccepted": True}},
                                      "customApiKeyResponses": {"approved": ["-000000000000000fake"], "rejected": []}})}
OPENCODE = {".config/opencode/opencode.json": json.dumps({
    "autoupdate": False, "share": "disabled", "model": "fake/fake-model", "small_model": "fake/fake-model",
    "provider": {"fake": {"npm": "@ai-sdk/openai-compatible", "name": "fake", "options": {"baseURL": MODEL + "/v1", "apiKey": "fake"},
                          "models": {"fake-model": {"name": "fake"}}}}})}
PI = {".pi/agent/models.json": json.dumps({"providers": {"fake": {"baseUrl": MODEL + "/v1", "api": "openai-completions", "apiKey": "fake", "models": [
    {"id": "fake-model", "name": "fake", "reasoning": False, "input": ["text"], "contextWindow": 100000, "maxTokens": 4000,
     "cost": {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}}]}}})}

# name: files of the home, environment, what is typed when the screen is quiet, argv
PROGRAMS = {
    "htop": ({}, {}, ["", "t", "\x1b[B\x1b[B", "F", "?", "q", "q"], ["htop", "-d", "2"]),
    "claude": (CLAUDE, {"ANTHROPIC_BASE_URL": MODEL, "ANTHROPIC_API_KEY": "sk-ant-000000000000000fake", "IS_SANDBOX": "1", "DISABLE_AUTOUPDATER": "1",
                        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1"}, ["", "", "what is here?", "\r", "", "", "/help", "\x1b", "\x03", "\x03"],
               [BIN + "@anthropic-ai/claude-code-linux-x64/claude"]),
    "opencode": (OPENCODE, {"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_DEFAULT_PLUGINS": "1"},
                 ["", "", "", "", "", "what is here?", "\r", "", "", "\x10", "\x1b", "\x03"], [BIN + "opencode-linux-x64/bin/opencode"]),
    "pi": (PI, {"PI_OFFLINE": "1"}, ["", "what is here?", "\r", "", "/", "\x1b", "\x03", "\x03", "\x04"],
           [BIN + ".bin/pi", "--provider", "fake", "--model", "fake-model"]),
}

# What an xterm answers to what programs ask.
ANSWERS = [(rb"\x1b\[c", b"\x1b[?62;22c"), (rb"\x1b\[>0?c", b"\x1b[>1;10;0c"), (rb"\x1b\[6n", b"\x1b[1;1R"), (rb"\x1b\[5n", b"\x1b[0n"),
           (rb"\x1b\[\?u", b"\x1b[?0u"), (rb"\x1b\]11;\?(?:\x07|\x1b\\)", b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07"),
           (rb"\x1b\]10;\?(?:\x07|\x1b\\)", b"\x1b]10;rgb:d4d4/d4d4/d4d4\x07")]


class Model(BaseHTTPRequestHandler):
    """Says TEXT, in the words of Anthropic's messages or of OpenAI's completions."""

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        if "count_tokens" in self.path:
            return self.say("application/json", json.dumps({"input_tokens": 9}))
        parts = [TEXT[i:i + 12] for i in range(0, len(TEXT), 12)]
        if "messages" in self.path:
            use = {"input_tokens": 9, "output_tokens": 9}
            events = [{"type": "message_start", "message": {"id": "m", "type": "message", "role": "assistant", "model": "fake-model", "content": [],
                                                            "stop_reason": None, "stop_sequence": None, "usage": use}},
                      {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}]
            events += [{"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": p}} for p in parts]
            events += [{"type": "content_block_stop", "index": 0}, {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": use},
                       {"type": "message_stop"}]
            text = "".join("event: %s\ndata: %s\n\n" % (e["type"], json.dumps(e)) for e in events)
        else:
            chunk = lambda delta, end=None: "data: %s\n\n" % json.dumps({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "fake-model",
                                                                        "choices": [{"index": 0, "delta": delta, "finish_reason": end}]})
            text = "".join(chunk({"role": "assistant", "content": p}) for p in parts) + chunk({}, "stop") + "data: [DONE]\n\n"
        self.say("text/event-stream", text)

    def say(self, kind, text):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()
        self.wfile.write(text.encode())


def inside(name):
    """Runs in the namespaces: makes the home, plays the terminal, writes the recording to stdout."""
    files, env, keys, argv = PROGRAMS[name]
    for args in (["mount", "--make-rprivate", "/"], ["mkdir", "-p", "/opt/agents"], ["mount", "-t", "tmpfs", "tmpfs", "/opt/agents"],
                 ["mkdir", "/opt/agents/node_modules"], ["mount", "--bind", os.environ["AGENTS"] + "/node_modules", "/opt/agents/node_modules"],
                 ["mount", "-t", "tmpfs", "tmpfs", "/home"], ["mount", "-t", "tmpfs", "tmpfs", "/tmp"], ["mkdir", "-p", "/home/dev/app"], ["hostname", "dev"], ["ip", "link", "set", "lo", "up"]):
        if args[0] != "mount" or "agents" not in args[-1] or os.environ["AGENTS"]:
            subprocess.run(args, check=True)
    for path, text in files.items():
        path = "/home/dev/" + path
        os.makedirs(os.path.dirname(path), exist_ok=True)
        open(path, "w").write(text)
    open("/home/dev/app/main.go", "w").write("package main\n\nfunc main() {}\n")
    threading.Thread(target=ThreadingHTTPServer(("127.0.0.1", 4100), Model).serve_forever, daemon=True).start()
    os.chdir("/home/dev/app")
    pid, tty = pty.fork()
    if pid == 0:
        os.execvpe(argv[0], argv, {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/home/dev", "USER": "dev", "TERM": "xterm-256color", "COLORTERM": "truecolor",
                                   "LC_ALL": "C.UTF-8", "SHELL": "/bin/bash", "TZ": "UTC", **env})
    fcntl.ioctl(tty, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLS, 0, 0))
    out, answered, patience = b"", 0, time.time() + 90
    while time.time() < patience:
        if not select.select([tty], [], [], 2 if keys else 1)[0]:
            if not keys:
                break
            os.write(tty, keys.pop(0).encode())
            continue
        try:
            part = os.read(tty, 65536)
        except OSError:
            break
        out += part
        for found in re.finditer(b"|".join(q for q, _ in ANSWERS), out[answered:]):
            os.write(tty, next(a for q, a in ANSWERS if re.fullmatch(q, found[0])))
            end = found.end()
        if re.search(b"|".join(q for q, _ in ANSWERS), out[answered:]):
            answered += end
        if len(out) > 400_000:
            break
        if keys and time.time() > patience - 90 + 6 * (len(PROGRAMS[name][2]) - len(keys) + 2):  # it is never quiet
            os.write(tty, keys.pop(0).encode())
    sys.stdout.buffer.write(out)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--inside":
        return inside(sys.argv[2])
    os.environ.setdefault("AGENTS", "")
    for name in sys.argv[1:] or PROGRAMS:
        out = subprocess.run(["unshare", "--mount", "--pid", "--fork", "--net", "--uts", "--mount-proc", "--kill-child",
                              "/usr/bin/python3", "record.py", "--inside", name], cwd=HERE, stdout=subprocess.PIPE, check=True).stdout
        with open(os.path.join(HERE, name + ".gz"), "wb") as f:
            f.write(gzip.compress(out, 9, mtime=0))
        print(name, len(out), "bytes")


main()
