package hook

import (
	"errors"
	"fmt"
	"strings"
)

// An effect is what a tool does, whatever its agent calls it.
type effect uint8

const (
	other  effect = iota // judged by what its input has
	shell                // runs a line
	read                 // reads files
	write                // writes files
	remove               // deletes files
	search               // searches the contents of files
	names                // searches the names of files
	list                 // lists a directory
	fetch                // gets a URL
	patch                // Codex's patch of several files
	editor               // one tool for views and edits
	typed                // types into a shell that is open
	server               // calls a tool of an MCP server
	silent               // keeps to the agent itself
)

// effectOf knows the tools of all agents, so that a tool which one takes over
// from another is known as well.
func effectOf(tool string) effect {
	switch tool {
	case "Bash", "bash", "Shell", "shell", "run_shell_command", "run_terminal_cmd", "execute_command", "execute_bash",
		"run_commands", "run_command", "run_in_terminal", "runTerminalCommand", "exec_command", "local_shell", "shell_command",
		"powershell", "PowerShell", "Monitor", "monitor":
		return shell
	case "Read", "read", "ReadFile", "read_file", "read_many_files", "view", "NotebookRead", "view_image", "read_files", "read_image",
		"readFile", "get_file_contents":
		return read
	case "Write", "write", "write_file", "WriteFile", "Edit", "edit", "edit_file", "replace", "MultiEdit", "multiedit",
		"NotebookEdit", "create", "create_file", "StrReplace", "str_replace", "search_replace", "replace_in_file",
		"write_to_file", "TabWrite", "editor", "EditNotebook", "createFile", "editFiles", "replace_string_in_file",
		"multi_replace_string_in_file", "insert_edit_into_file", "edit_notebook_file":
		return write
	case "Delete", "delete", "delete_file", "DeleteFile":
		return remove
	case "Grep", "grep", "grep_search", "search_file_content", "search_files", "rg", "codebase_search", "search_codebase",
		"semantic_search", "SemanticSearch", "grep_files":
		return search
	case "Glob", "glob", "glob_file_search", "file_search", "find":
		return names
	case "LS", "ls", "list", "list_directory", "list_files", "list_dir", "listDirectory", "tree":
		return list
	case "WebFetch", "webfetch", "web_fetch", "fetch_web_content", "fetch", "fetch_webpage":
		return fetch
	case "apply_patch", "ApplyPatch":
		return patch
	case "str_replace_editor", "str_replace_based_edit_tool", "text_editor":
		return editor
	case "write_bash", "write_powershell", "write_shell", "write_stdin", "send_to_terminal", "send_terminal_input":
		return typed
	case "use_mcp_tool", "CallMcpTool", "call_mcp_tool":
		return server
	case "Task", "Agent", "TodoWrite", "TodoRead", "todowrite", "todoread", "update_plan", "save_memory", "ask_followup_question",
		"attempt_completion", "new_task", "AskUserQuestion", "ExitPlanMode", "EnterPlanMode", "Skill", "skill", "ToolSearch",
		"report_intent", "task", "todo_write", "exit_plan_mode", "TaskOutput", "BashOutput", "KillShell":
		return silent
	}
	return other
}

// use notes what a tool does with its input.
func (e *Event) use(tool string, input object) error {
	e.Tool = tool
	err := e.note(tool, effectOf(tool), input)
	if err != nil {
		return fmt.Errorf("tool %q: %w", tool, err)
	}
	return nil
}

func (e *Event) note(tool string, effect effect, input object) error {
	switch effect {
	case shell:
		return e.shell(tool, input)
	case read:
		return e.files(input, "cat")
	case write:
		e.gitSettings(input)
		return e.files(input, "tee")
	case remove:
		return e.files(input, "rm", "-f")
	case search, names, list:
		return e.look(tool, effect, input)
	case fetch:
		return e.fetch(input)
	case patch:
		return e.patch(input)
	case editor:
		if command, _ := input.optional("command"); command == "view" {
			return e.files(input, "cat")
		}
		return e.files(input, "tee")
	case typed:
		return e.shellInput(input)
	case server:
		return e.delegated(input)
	case silent:
		return nil
	}
	if server, name, ok := served(tool); ok {
		return e.serve(server, name, input)
	}
	e.shapes("", tool, input, true)
	return nil
}

// shell notes a line, a list of lines (Cline), or the argv of a program (Codex).
func (e *Event) shell(tool string, input object) error {
	e.Execs = true
	lines, err := input.texts("commands")
	if err != nil {
		return err
	}
	for _, name := range []string{"command", "cmd", "command_line"} {
		if line, err := input.text(name); err == nil {
			lines, e.input, e.lineAt = append(lines, line), input, name
			continue
		}
		argv, err := input.texts(name)
		if err != nil {
			return err
		}
		if len(argv) > 0 {
			e.Commands = append(e.Commands, argv)
		}
	}
	for _, line := range lines {
		switch {
		case strings.TrimSpace(line) == "":
		case strings.EqualFold(tool, "powershell"):
			e.Commands = append(e.Commands, []string{"powershell", "-Command", line})
		default:
			e.Lines = append(e.Lines, line)
		}
	}
	if len(e.Lines) == 0 && len(e.Commands) == 0 {
		return errors.New("its input has no command")
	}
	// Some tools take a directory of their own.
	dir, err := input.texts("cwd", "workdir", "dir_path", "directory", "working_directory")
	if err == nil && len(dir) > 0 && strings.HasPrefix(dir[0], "/") {
		e.Dir = dir[0]
	}
	return err
}

// paths are the files of a tool's input, by all the names that agents have for
// them: one that a tool does not look at does no harm here.
func (e *Event) paths(input object) ([]string, error) {
	paths, err := input.texts("file_path", "filePath", "path", "absolute_path", "notebook_path", "target_file",
		"target_notebook", "relative_workspace_path", "filename", "paths", "file_paths", "include", "source")
	if err != nil {
		return nil, err
	}
	more, err := input.each("files", "path")
	if err != nil {
		return nil, err
	}
	paths = append(paths, more...)
	more, err = input.each("replacements", "filePath")
	paths = append(paths, more...)
	for i, path := range paths {
		paths[i] = operand(path)
	}
	return paths, err
}

// operand keeps a file from being taken for an option.
func operand(path string) string {
	if strings.HasPrefix(path, "-") {
		return "./" + path
	}
	return path
}

func (e *Event) files(input object, program ...string) error {
	paths, err := e.paths(input)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return errors.New("its input has no path")
	}
	e.Commands = append(e.Commands, append(program, paths...))
	return nil
}

func (e *Event) fetch(input object) error {
	urls, err := input.texts("url", "urls")
	if err != nil {
		return err
	}
	more, err := input.each("requests", "url")
	if err != nil {
		return err
	}
	urls = append(urls, more...)
	if len(urls) == 0 {
		prompt, err := input.optional("prompt") // Gemini has them in a sentence
		if err != nil {
			return err
		}
		urls = urlsIn(prompt)
	}
	for _, url := range urls {
		if strings.HasPrefix(url, "-") {
			return fmt.Errorf("%q is no URL", url)
		}
		e.Commands = append(e.Commands, []string{"curl", url})
	}
	return nil
}

// urlsIn finds the URLs of a sentence.
func urlsIn(text string) []string {
	var urls []string
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || strings.ContainsRune("<>\"'`()[]", r) }) {
		if at := strings.Index(word, "://"); at > 0 {
			urls = append(urls, strings.TrimRight(word, ".,;:!?"))
		}
	}
	return urls
}

// patch notes the files that a patch in Codex's format names.
func (e *Event) patch(input object) error {
	texts, err := input.texts("command", "input", "patch", "patchText")
	if err != nil {
		return err
	}
	written, deleted := []string{"tee"}, []string{"rm", "-f"}
	for line := range strings.Lines(strings.Join(texts, "\n")) {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"*** Add File:", "*** Update File:", "*** Move to:"} {
			if file, ok := strings.CutPrefix(line, mark); ok {
				written = append(written, operand(strings.TrimSpace(file)))
			}
		}
		if file, ok := strings.CutPrefix(line, "*** Delete File:"); ok {
			deleted = append(deleted, operand(strings.TrimSpace(file)))
		}
	}
	if len(written) > 1 {
		e.Commands = append(e.Commands, written)
	}
	if len(deleted) > 2 {
		e.Commands = append(e.Commands, deleted)
	}
	if len(e.Commands) == 0 {
		return errors.New("its patch names no file")
	}
	return nil
}
