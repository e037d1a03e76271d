package keep

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func preallocate(file *os.File, size int64) error { return unix.Fallocate(int(file.Fd()), 0, 0, size) }

// tinyDisk mounts a small file system in memory.
func tinyDisk(t *testing.T, size int) string {
	t.Helper()
	dir := realTemp(t)
	err := unix.Mount("restrain-test", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, fmt.Sprint("mode=700,size=", size))
	if err != nil {
		t.Skipf("only root can mount a small disk: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func remountReadOnly(t *testing.T, mount string) {
	t.Helper()
	do(t, unix.Mount("", mount, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
}

// asUser runs a test as an ordinary user, for whom permissions count.
func asUser(t *testing.T, name string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "keep-user-")
	do(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	do(t, os.Chmod(dir, 0o777))
	self, err := os.ReadFile("/proc/self/exe")
	do(t, err)
	do(t, os.WriteFile(dir+"/test", self, 0o755))
	cmd := exec.Command(dir+"/test", "-test.run=^"+name+"$", "-test.v")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS") {
		t.Errorf("as an ordinary user: %v\n%s", err, out)
	}
}
