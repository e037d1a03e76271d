package secret

import (
	"encoding/binary"
	"errors"
)

// Values are handed from one process of restrain's to another, to be masked
// there. They go through a socket or a pipe, and are never written to disk.

var errHandover = errors.New("malformed values")

// maxHandover bounds how many values are handed over.
const maxHandover = 1 << 16

// AppendValues adds values to a message.
func AppendValues(b []byte, values []Value) []byte {
	b = binary.AppendUvarint(b, uint64(len(values)))
	for _, v := range values {
		for _, text := range [...]string{v.Name, v.Origin.Path, v.value} {
			b = append(binary.AppendUvarint(b, uint64(len(text))), text...)
		}
		b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(v.Origin.Line)), uint64(v.form))
	}
	return b
}

// CutValues takes values off the beginning of a message, and gives the rest.
func CutValues(b []byte) (values []Value, rest []byte, err error) {
	number := func() uint64 {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			err = errHandover
			return 0
		}
		b = b[size:]
		return n
	}
	text := func() string {
		n := number()
		if n > uint64(len(b)) {
			err, n = errHandover, 0
		}
		s := string(b[:n])
		b = b[n:]
		return s
	}
	for count := number(); count > 0 && err == nil; count-- {
		if len(values) == maxHandover {
			return nil, nil, errHandover
		}
		v := Value{Name: text(), Origin: Origin{Path: text()}}
		v.value = text()
		v.Origin.Line = int(number())
		if form := number(); form > uint64(All) {
			err = errHandover
		} else {
			v.form = Form(form)
		}
		values = append(values, v)
	}
	if err != nil {
		return nil, nil, err
	}
	return values, b, nil
}
