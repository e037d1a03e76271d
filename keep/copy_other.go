//go:build !linux && unix

package keep

import "os"

func copyRange(dst, src *os.File, at, n int64) (int64, error) { return copyBytes(dst, src, at, n) }
