package intercept

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
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

// blockSize divides every page size; blocks is how many are kept.
const (
	blockSize = 4096
	blocks    = 16
)

// memory reads a stopped process with process_vm_readv(2). It keeps the blocks
// that it has read, and reads many in one call: the strings of an argv may lie
// scattered over a heap.
type memory struct {
	tid     int
	pointer int // bytes of a pointer
	next    int
	base    [blocks]uint64 // of each block; 0 for none, where no process has memory
	data    [blocks][blockSize]byte
	scratch []byte
}

var memories = sync.Pool{New: func() any { return new(memory) }}

// openMemory takes a reader for thread tid; close gives it back.
func openMemory(tid, pointer int) *memory {
	m := memories.Get().(*memory)
	m.tid, m.pointer, m.next = tid, pointer, 0
	m.base = [blocks]uint64{}
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
	i := m.find(addr)
	if i < 0 {
		if err := m.load([]uint64{addr}); err != nil {
			return nil, err
		}
		i = m.find(addr)
	}
	return m.data[i][addr%blockSize:], nil
}

func (m *memory) find(addr uint64) int {
	base := addr &^ (blockSize - 1)
	if base == 0 {
		return -1
	}
	return slices.Index(m.base[:], base)
}

// load reads the blocks of addrs that are missing, the first one for certain
// and as many of the others as there is room for and the process has.
func (m *memory) load(addrs []uint64) error {
	var local [blocks]unix.Iovec
	var remote [blocks]unix.RemoteIovec
	first, n := m.next, 0
	for _, addr := range addrs {
		base := addr &^ (blockSize - 1)
		if base == 0 || m.find(base) >= 0 {
			continue
		}
		i := (first + n) % blocks
		m.base[i] = base
		local[n].Base = &m.data[i][0]
		local[n].SetLen(blockSize)
		remote[n] = unix.RemoteIovec{Base: uintptr(base), Len: blockSize}
		if n++; n == blocks {
			break
		}
	}
	m.next = (first + n) % blocks
	got, err := 0, error(unix.EFAULT)
	if n > 0 {
		got, err = unix.ProcessVMReadv(m.tid, local[:n], remote[:n], 0)
	}
	for i := max(got, 0) / blockSize; i < n; i++ {
		m.base[(first+i)%blocks] = 0
	}
	switch {
	case got >= blockSize:
		return nil
	case err == unix.ESRCH:
		return errGone
	}
	// EPERM is a process that is not dumpable (pitfall 9). EFAULT is not proof
	// of a bad pointer: device memory reads as EFAULT here and well in the
	// kernel. Neither is waved through.
	return errUnreadable
}

// ahead reads the blocks that strings at addrs begin in, all in one call, and the
// next ones of those that begin near the end of theirs. What cannot be read is
// found out by whoever needs it.
func (m *memory) ahead(addrs ...uint64) {
	const near = 256 // most paths are shorter
	var list [4]uint64
	n := copy(list[:], addrs)
	for _, addr := range addrs {
		if addr%blockSize > blockSize-near && n < len(list) {
			list[n] = addr + near
			n++
		}
	}
	_ = m.load(list[:n])
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
func (m *memory) address(addr uint64) (uint64, error) { return m.word(addr, m.pointer) }

// word reads a number of size bytes at addr.
func (m *memory) word(addr uint64, size int) (uint64, error) {
	var word [8]byte
	for n := 0; n < size; {
		b, err := m.from(addr + uint64(n))
		if err != nil {
			return 0, err
		}
		n += copy(word[n:size], b)
	}
	return binary.LittleEndian.Uint64(word[:]), nil
}

// strings reads a NULL-ended array of strings such as argv. A string of more
// than each bytes is left out; with each = 0, and when the array exceeds count
// or total, it returns what it has and errTooLong.
func (m *memory) strings(array uint64, count, total, each int) ([]string, error) {
	pointers, failed := m.array(array, count)
	ends := make([]int, 0, len(pointers))
	buf := m.scratch[:0]
	for i, p := range pointers {
		limit := total - len(buf)
		if each > 0 {
			limit = min(limit, each)
		}
		if m.find(p) < 0 {
			if err := m.load(pointers[i:]); err != nil {
				failed = err
				break
			}
		}
		grown, err := m.appendString(buf, p, limit)
		if err == errTooLong && limit == each {
			continue
		}
		if buf = grown; err != nil {
			failed = err
			break
		}
		ends = append(ends, len(buf))
	}
	m.scratch = buf[:0]
	all, start := string(buf), 0
	list := make([]string, len(ends))
	for i, end := range ends {
		list[i], start = all[start:end], end
	}
	return list, failed
}

// array reads a NULL-ended array of at most count pointers.
func (m *memory) array(addr uint64, count int) (list []uint64, err error) {
	if addr == 0 {
		return nil, nil
	}
	for {
		p, err := m.address(addr)
		switch {
		case err != nil:
			return list, err
		case p == 0:
			return list, nil
		case len(list) == count:
			return list, errTooLong
		}
		list = append(list, p)
		addr += uint64(m.pointer)
	}
}
