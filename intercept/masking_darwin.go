package intercept

import (
	"os"
	"syscall"
)

func endsWithParent() *syscall.SysProcAttr { return nil }

// sameOutput reports descriptors of this process that are of one pipe or socket.
func sameOutput(a, b int) bool { return sameFile(a, b) }

func widen(*os.File) {}
