//go:build !linux

package intercept

import "errors"

// An Exit tells how a process ends that is not a child: on Linux only.
type Exit struct{}

// WatchExit cannot tell here.
func WatchExit(int) (*Exit, error) { return nil, errors.ErrUnsupported }

// Status is never known.
func (e *Exit) Status() (status int, ended bool, err error) { return 0, false, errors.ErrUnsupported }

// Close does nothing.
func (e *Exit) Close() error { return nil }
