package intercept

import "errors"

// ShellDoorSupported reports why the shell door does not work on this system.
func ShellDoorSupported() error {
	return errors.New("on Windows only an agent's own hook can be guarded; set it up with restrain init")
}
