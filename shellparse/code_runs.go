package shellparse

import "strings"

// A runCall is a function of another language that runs a command.
type runCall struct {
	lang, name string
	owners     string // what must stand in front of the dot; "" for anything
	list       bool   // further arguments are the words of the command
	program    string // the program whose subcommand it runs; "" for a whole command
}

// runCalls lists the functions by language.
var runCalls = []runCall{
	{"applescript", "script", "shell", false, ""},
	{"awk", "system", "", false, ""},
	{"c", "execl", "", true, ""},
	{"c", "execlp", "", true, ""},
	{"c", "popen", "", false, ""},
	{"c", "system", "", false, ""},
	{"csharp", "Start", "Process", true, ""},
	{"dart", "run", "Process", true, ""},
	{"dart", "runSync", "Process", true, ""},
	{"dart", "start", "Process", true, ""},
	{"elixir", "cmd", "os System", true, ""},
	{"elixir", "open", "Port", false, ""},
	{"elixir", "shell", "System", false, ""},
	{"erlang", "cmd", "os", false, ""},
	{"go", "Command", "exec", true, ""},
	{"go", "CommandContext", "exec", true, ""},
	{"go", "Exec", "syscall unix", true, ""},
	{"go", "StartProcess", "os", true, ""},
	{"haskell", "callCommand", "Process", false, ""},
	{"haskell", "readCreateProcess", "Process", false, ""},
	{"haskell", "shell", "Process", false, ""},
	{"haskell", "spawnCommand", "Process", false, ""},
	{"haskell", "system", "Process Cmd", false, ""},
	{"java", "ProcessBuilder", "", true, ""},
	{"java", "command", "", true, ""},
	{"java", "exec", ") runtime rt", true, ""},
	{"javascript", "doShellScript", "", false, ""}, // osascript
	{"javascript", "exec", "child_process cp childProcess shell shelljs )", false, ""},
	{"javascript", "execFile", "", true, ""},
	{"javascript", "execFileSync", "", true, ""},
	{"javascript", "execSync", "", false, ""},
	{"javascript", "execa", "", true, ""},
	{"javascript", "execaCommand", "", false, ""},
	{"javascript", "execaSync", "", true, ""},
	{"javascript", "spawn", "", true, ""},
	{"javascript", "spawnSync", "", true, ""},
	{"javascript", "Command", "Deno", true, ""},
	{"lisp", "async-shell-command", "", false, ""},
	{"lisp", "call-process", "", true, ""},
	{"lisp", "call-process-shell-command", "", false, ""},
	{"lisp", "process", "", true, ""},
	{"lisp", "run-program", "", true, ""},
	{"lisp", "sh", "", true, ""},
	{"lisp", "shell", "", true, ""},
	{"lisp", "shell-command", "", false, ""},
	{"lisp", "shell-command-to-string", "", false, ""},
	{"lisp", "start-process", "", true, ""},
	{"lisp", "system", "", false, ""},
	{"lua", "execute", "os", false, ""},
	{"lua", "popen", "io", false, ""},
	{"lua", "system", "fn", true, ""}, // vim.fn
	{"ocaml", "command", "Sys", false, ""},
	{"ocaml", "system", "Unix", false, ""},
	{"octave", "dos", "", false, ""},
	{"octave", "shell_cmd", "", false, ""},
	{"octave", "system", "", false, ""},
	{"octave", "unix", "", false, ""},
	{"perl", "exec", "", true, ""},
	{"perl", "system", "", true, ""},
	{"php", "call", "Artisan :", false, "artisan"},
	{"php", "exec", "", false, ""},
	{"php", "passthru", "", false, ""},
	{"php", "pcntl_exec", "", true, ""},
	{"php", "popen", "", false, ""},
	{"php", "proc_open", "", false, ""},
	{"php", "shell_exec", "", false, ""},
	{"php", "system", "", false, ""},
	{"python", "Popen", "", true, ""},
	{"python", "call_command", "", false, "manage.py"}, // Django
	{"python", "call", "subprocess sp", true, ""},
	{"python", "check_call", "", true, ""},
	{"python", "check_output", "", true, ""},
	{"python", "create_subprocess_exec", "", true, ""},
	{"python", "create_subprocess_shell", "", false, ""},
	{"python", "exec_command", "", false, ""}, // paramiko
	{"python", "execl", "os", true, ""},
	{"python", "execlp", "os", true, ""},
	{"python", "execv", "os", true, ""},
	{"python", "execvp", "os", true, ""},
	{"python", "getoutput", "", false, ""},
	{"python", "getstatusoutput", "", false, ""},
	{"python", "popen", "os", false, ""},
	{"python", "posix_spawn", "os", true, ""},
	{"python", "posix_spawnp", "os", true, ""},
	{"python", "spawnl", "os", true, ""},
	{"python", "spawnlp", "os", true, ""},
	{"python", "spawnv", "os", true, ""},
	{"python", "spawnvp", "os", true, ""},
	{"python", "run", "subprocess sp pexpect invoke fabric c conn connection ctx Connection", true, ""},
	{"python", "spawn", "pty pexpect", true, ""},
	{"python", "system", "", false, ""},
	{"python", "local", "", true, ""}, // fabric, invoke
	{"r", "run", "processx", true, ""},
	{"r", "shell", "", false, ""},
	{"r", "system", "", false, ""},
	{"r", "system2", "", true, ""},
	{"ruby", "capture2", "", true, ""},
	{"ruby", "capture2e", "", true, ""},
	{"ruby", "capture3", "", true, ""},
	{"ruby", "exec", "", true, ""},
	{"ruby", "popen", "IO", true, ""},
	{"ruby", "sh", "", true, ""}, // rake
	{"ruby", "spawn", "", true, ""},
	{"ruby", "system", "", true, ""},
	{"rust", "new", "Command", true, ""},
	{"scala", "Process", "", true, ""},
	{"swift", "shellOut", "", true, ""},
	{"vim", "system", "", true, ""},
	{"vim", "systemlist", "", true, ""},
}

// mayRun is a cheap test that saves most code from the lexer.
func mayRun(lang, code string) bool {
	if strings.IndexByte(code, '`') >= 0 || strings.Contains(code, "%x") || strings.Contains(code, "qx") {
		return true
	}
	switch lang {
	case "awk":
		if strings.Contains(code, "|") {
			return true
		}
	case "groovy":
		if strings.Contains(code, "execute") {
			return true
		}
	case "javascript":
		if strings.Contains(code, "shelljs") {
			return true
		}
	case "perl":
		if strings.Contains(code, "open") {
			return true
		}
	case "python":
		if strings.Contains(code, "sh.") || strings.Contains(code, "import sh") || strings.Contains(code, "from sh") || strings.Contains(code, "plumbum") {
			return true
		}
	case "scala":
		if strings.Contains(code, "!") {
			return true
		}
	}
	for i := range runCalls {
		if runCalls[i].lang == lang && strings.Contains(code, runCalls[i].name) {
			return true
		}
	}
	return false
}
