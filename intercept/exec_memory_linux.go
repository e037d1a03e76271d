package intercept

import (
	"bytes"
	"encoding/binary"
	"errors"
	"sync"

	"golang.org/x/sys/unix"
)

// Bounds on what is read of a process that execs.
const (
	maxPath      = 4096    // PATH_MAX
	maxArgvBytes = 1 << 20 // all arguments together
	maxArgvCount = 1 << 15
	maxEnvBytes  = 256 << 10
	maxEnvCount  = 4096
	maxEnvValue  = 4096 // one variable; longer ones are left out
)

var (
	errTooLong    = errors.New("longer than restrain reads")
	errUnreadable = errors.New("its memory cannot be read")
	errGone       = errors.New("the process has gone")
)

const blockSize = 4096

// memory reads a stopped process with process_vm_readv(2). It keeps the blocks
// that it has read: a whole argv is usually within two of them.
type memory struct {
	tid     int
	pointer int // bytes of a pointer
	next    int
	base    [8]uint64
	filled  [8]bool
	data    [8][blockSize]byte
	scratch []byte
}

var memories = sync.Pool{New: func() any { return new(memory) }}

// openMemory takes a reader for thread tid; close gives it back.
func openMemory(tid, pointer int) *memory {
	m := memories.Get().(*memory)
	m.tid, m.pointer, m.next = tid, pointer, 0
	m.filled = [8]bool{}
	return m
}

func (m *memory) close() {
	if cap(m.scratch) > 64<<10 {
		m.scratch = nil
	}
	memories.Put(m)
}

// from returns the bytes at addr up to the end of their block.
func (m *memory) from(addr uint64) ([]byte, error) {
	base := addr &^ (blockSize - 1)
	for i := range m.base {
		if m.filled[i] && m.base[i] == base {
			return m.data[i][addr-base:], nil
		}
	}
	i := m.next
	m.next = (m.next + 1) % len(m.base)
	m.filled[i] = false
	local := unix.Iovec{Base: &m.data[i][0]}
	local.SetLen(blockSize)
	n, err := unix.ProcessVMReadv(m.tid, []unix.Iovec{local},
		[]unix.RemoteIovec{{Base: uintptr(base), Len: blockSize}}, 0)
	switch {
	case err == unix.ESRCH:
		return nil, errGone
	case err != nil || n != blockSize:
		// EPERM is a process that is not dumpable (pitfall 9). EFAULT is not
		// proof of a bad pointer: device memory reads as EFAULT here and well
		// in the kernel. Neither is waved through.
		return nil, errUnreadable
	}
	m.base[i], m.filled[i] = base, true
	return m.data[i][addr-base:], nil
}

// appendString appends the NUL-ended string at addr to dst; errTooLong when it
// has more than limit bytes.
func (m *memory) appendString(dst []byte, addr uint64, limit int) ([]byte, error) {
	for {
		b, err := m.from(addr)
		if err != nil {
			return dst, err
		}
		end := bytes.IndexByte(b, 0)
		if end >= 0 {
			b = b[:end]
		}
		if len(b) > limit {
			return dst, errTooLong
		}
		dst = append(dst, b...)
		if end >= 0 {
			return dst, nil
		}
		limit -= len(b)
		addr += uint64(len(b))
	}
}

func (m *memory) string(addr uint64, limit int) (string, error) {
	b, err := m.appendString(m.scratch[:0], addr, limit)
	m.scratch = b[:0]
	return string(b), err
}

// address reads the pointer at addr.
func (m *memory) address(addr uint64) (uint64, error) {
	var word [8]byte
	for n := 0; n < m.pointer; {
		b, err := m.from(addr + uint64(n))
		if err != nil {
			return 0, err
		}
		n += copy(word[n:m.pointer], b)
	}
	return binary.LittleEndian.Uint64(word[:]), nil
}

// strings reads a NULL-ended array of strings such as argv. A string of more
// than each bytes is left out; with each = 0, and when the array exceeds count
// or total, it returns what it has and errTooLong.
func (m *memory) strings(array uint64, count, total, each int) ([]string, error) {
	if array == 0 {
		return nil, nil
	}
	buf := m.scratch[:0]
	var ends []int
	var failed error
	for i := 0; ; i++ {
		p, err := m.address(array + uint64(i*m.pointer))
		if err != nil {
			failed = err
			break
		}
		if p == 0 {
			break
		}
		if i == count {
			failed = errTooLong
			break
		}
		limit := total - len(buf)
		if each > 0 {
			limit = min(limit, each)
		}
		grown, err := m.appendString(buf, p, limit)
		if err == errTooLong && each > 0 && limit == each {
			continue
		}
		buf = grown
		if err != nil {
			failed = err
			if err == errTooLong {
				ends = append(ends, len(buf))
			}
			break
		}
		ends = append(ends, len(buf))
	}
	m.scratch = buf[:0]
	all := string(buf)
	list, start := make([]string, len(ends)), 0
	for i, end := range ends {
		list[i], start = all[start:end], end
	}
	return list, failed
}
