//go:build !linux && unix

package keep

import (
	"errors"
	"os"
	"testing"
)

func preallocate(*os.File, int64) error { return errors.ErrUnsupported }

func tinyDisk(t *testing.T, _ int) string {
	t.Helper()
	t.Skip("a small disk is mounted on Linux only")
	return ""
}

func asUser(t *testing.T, _ string) {
	t.Helper()
	t.Skip("root tests as an ordinary user on Linux only")
}

func remountReadOnly(*testing.T, string) {}
