package gate

import (
	"fmt"
	"io"
	"os"
)

// readFile reads a regular file of at most max bytes.
func readFile(path string, max int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readRegular(file, max)
}

func readRegular(file *os.File, max int64) ([]byte, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: no regular file", file.Name())
	}
	if info.Size() > max {
		return nil, fmt.Errorf("%s: %d bytes, above the limit of %d", file.Name(), info.Size(), max)
	}
	return io.ReadAll(io.LimitReader(file, max))
}
