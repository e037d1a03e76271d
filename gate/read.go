package gate

import (
	"fmt"
	"io"
	"os"
	"syscall"
)

// readFile reads a regular file of at most max bytes. What is none is not even
// opened: a FIFO would keep the judge waiting, and lose what is written to it
// meanwhile.
func readFile(path string, max int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(path)
	}
	// It may have become one since.
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRegular(file, max)
}

func notRegular(path string) error { return fmt.Errorf("%s: no regular file", path) }

// readRegular reads an open file, which must be regular and of at most max bytes.
func readRegular(file *os.File, max int64) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, notRegular(file.Name())
	}
	if info.Size() > max {
		return nil, fmt.Errorf("%s: %d bytes, above the limit of %d", file.Name(), info.Size(), max)
	}
	return io.ReadAll(io.LimitReader(file, max))
}
