package intercept

// An Exec is what the kernel was about to run when it stopped a process in
// execve(2) or execveat(2). Request.Argv is the plain form of it: the program
// under the name of what it is, script interpreters and the dynamic loader made
// explicit.
type Exec struct {
	// Path is the absolute path of the file, as the process sees it. A memfd
	// has one like "/memfd:name (deleted)".
	Path string
	// Raw is argv as the process passed it; Raw[0] is the process's own claim.
	Raw []string
	// Program is the well-known path of the same content ("/usr/bin/rm" for a
	// copy of it); empty when the file is none of the system's programs.
	Program string
	// Script is the text that an interpreter is about to read, of a `#!` file
	// or of a shell's script operand, and ScriptPath its file. ScriptCut
	// reports that the text is longer than the 256 KiB read here.
	Script     string
	ScriptPath string
	ScriptCut  bool
	// PPID is the parent, 0 where it is not known, and Serial what names, with
	// the PID, a process for good.
	PPID   int
	Serial uint64
	// Opaque says why the call could not be read whole; empty when it was. A
	// judge never lets an opaque exec run unasked.
	Opaque string

	// environ reads the environment, while the process waits.
	environ func() []string
	// masks says of the process, while it waits, what CanMask does.
	masks func() (values, forms bool)
}
