package main

import (
	"bufio"
	"errors"
	"io"
)

var errLongLine = errors.New("it is too long")

// readLine reads a line of at most max bytes, without keeping a longer one: the
// rest of that is skipped and errLongLine returned. The line is valid until the
// next read. At the end it returns io.EOF.
func readLine(in *bufio.Reader, max int) ([]byte, error) {
	part, err := in.ReadSlice('\n')
	if err == nil || err == io.EOF && len(part) > 0 {
		return part, nil
	}
	var line []byte
	for tooLong := false; ; part, err = in.ReadSlice('\n') {
		if tooLong = tooLong || len(line)+len(part) > max; tooLong {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err != nil && err != io.EOF:
			return nil, err
		case tooLong:
			return nil, errLongLine
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		}
		return line, nil
	}
}
