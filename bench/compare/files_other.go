//go:build !linux

package main

import (
	"errors"

	"restrain/intercept"
)

// keepLink is for where calls can be caught.
func keepLink(*intercept.File, string) error { return errors.ErrUnsupported }
