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
	{"awk", "system", "", false, ""},
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
	{"python", "run", "subprocess sp pexpect invoke fabric c conn connection ctx context session Connection", true, ""},
	{"python", "spawn", "pty pexpect", true, ""},
	{"python", "system", "", false, ""},
	{"python", "local", "", true, ""}, // fabric, invoke
	{"ruby", "capture2", "", true, ""},
	{"ruby", "capture2e", "", true, ""},
	{"ruby", "capture3", "", true, ""},
	{"ruby", "exec", "", true, ""},
	{"ruby", "popen", "IO", true, ""},
	{"ruby", "sh", "", true, ""}, // rake
	{"ruby", "spawn", "", true, ""},
	{"ruby", "system", "", true, ""},
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
	}
	for i := range runCalls {
		if runCalls[i].lang == lang && strings.Contains(code, runCalls[i].name) {
			return true
		}
	}
	return false
}
