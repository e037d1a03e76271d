//go:build unix

package intercept

// ShellDoorSupported reports why the shell door does not work on this system.
func ShellDoorSupported() error { return nil }
