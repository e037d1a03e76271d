//go:build !linux

package intercept

import (
	"context"
	"errors"
	"os"
	"time"
)

var errNoSeccomp = errors.New("exec supervision needs Linux; hooks work here")

// ErrNested never happens on this system.
var ErrNested = errors.New("this process is already supervised")

// ExecOptions says how execs are supervised, where they can be.
type ExecOptions struct {
	Verify, Interruptible bool
	Now                   func() time.Time
	Mismatch              func(pid int, image string)
	Files                 FileWitness
	Connects              ConnectWitness
	Terminal              Terminal
}

// ExecDoor is not available on this system.
type ExecDoor struct{}

// ExecSupported reports that this system cannot supervise execs.
func ExecSupported() error { return errNoSeccomp }

// KeepsSetuid is always so on this system: nothing is supervised.
func KeepsSetuid() bool { return true }

// GainsNothing is never so on this system.
func GainsNothing() bool { return false }

// NewExecDoor fails on this system.
func NewExecDoor(ExecOptions) (*ExecDoor, error) { return nil, errNoSeccomp }

// Listener fails on this system.
func (*ExecDoor) Listener() (*os.File, error) { return nil, errNoSeccomp }

// InheritExecDoor fails on this system.
func InheritExecDoor(ExecOptions, *os.File) (*ExecDoor, error) { return nil, errNoSeccomp }

// Remaining names nothing on this system.
func Remaining(*os.File, time.Duration) []string { return nil }

// StubMain does nothing on this system.
func StubMain([]string) {}

// Prepare fails on this system.
func (*ExecDoor) Prepare(*Launch) error { return errNoSeccomp }

// Serve fails on this system.
func (*ExecDoor) Serve(context.Context, Judge) error { return errNoSeccomp }

// Close does nothing on this system.
func (*ExecDoor) Close() error { return nil }

// newParents knows of none on this system: nothing is foreseen, everything is
// judged.
func newParents() func(pid int) (ppid int, serial uint64, err error) {
	return func(int) (int, uint64, error) { return 0, 0, errNoSeccomp }
}
