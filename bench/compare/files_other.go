//go:build !linux

package main

import "errors"

// keepLink is for where calls can be caught.
func keepLink(_, _ string) error { return errors.ErrUnsupported }
