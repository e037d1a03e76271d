//go:build !linux || !amd64

package main

import "errors"

// runFloor is for Linux on amd64.
func runFloor([]string) error { return errors.ErrUnsupported }
