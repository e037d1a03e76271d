package intercept

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
	"pgregory.net/rapid"
)

// array lays out strings as a C argv in this process's memory.
func array(list []string) ([]uintptr, [][]byte) {
	var pointers []uintptr
	var keep [][]byte
	for _, s := range list {
		b := append([]byte(s), 0)
		keep = append(keep, b)
		pointers = append(pointers, uintptr(unsafe.Pointer(&b[0])))
	}
	return append(pointers, 0), keep
}

func TestReadArgv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.StringMatching(`[a-z\n "é]{0,20}`),
			rapid.Custom(func(t *rapid.T) string { return strings.Repeat("x", rapid.IntRange(0, 20000).Draw(t, "n")) }))
		argv := rapid.SliceOfN(word, 0, 40).Draw(t, "argv")
		pointers, keep := array(argv)
		m := openMemory(unix.Getpid(), 8)
		defer m.close()
		at := uint64(uintptr(unsafe.Pointer(&pointers[0])))
		got, err := m.strings(at, 100, 1<<20, 0)
		if err != nil || !slices.Equal(got, argv) {
			t.Fatalf("read %q, %v; want %q", got, err, argv)
		}
		short, err := m.strings(at, 100, 1<<20, 30)
		want := slices.DeleteFunc(slices.Clone(argv), func(s string) bool { return len(s) > 30 })
		if err != nil || !slices.Equal(short, want) {
			t.Fatalf("read %q, %v; want %q", short, err, want)
		}
		if _, err := m.strings(at, max(0, len(argv)-1), 1<<20, 0); len(argv) > 0 && err != errTooLong {
			t.Fatalf("one word too many: %v", err)
		}
		runtime.KeepAlive(keep)
	})
}

func TestUnreadableMemory(t *testing.T) {
	m := openMemory(unix.Getpid(), 8)
	defer m.close()
	for _, addr := range []uint64{0, 8, 1 << 63, ^uint64(0), ^uint64(0) - 4096} {
		if _, err := m.string(addr, 100); err != errUnreadable {
			t.Errorf("string at %#x: %v", addr, err)
		}
		if _, err := m.strings(addr, 10, 100, 0); addr != 0 && err != errUnreadable {
			t.Errorf("array at %#x: %v", addr, err)
		}
	}
	if list, err := m.strings(0, 10, 100, 0); len(list) > 0 || err != nil {
		t.Errorf("no array: %q, %v", list, err)
	}
	gone := openMemory(1<<22+1, 8) // above any pid
	defer gone.close()
	if _, err := gone.string(4096, 10); err != errGone {
		t.Errorf("a process that is not there: %v", err)
	}
}

// Two strings are read at once, also where the block behind one of them cannot be.
func TestReadAhead(t *testing.T) {
	pages, err := unix.Mmap(-1, 0, 4*blockSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Munmap(pages) })
	if err := unix.Mprotect(pages[blockSize:2*blockSize], unix.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	base := uint64(uintptr(unsafe.Pointer(&pages[0])))
	atEnd, across := blockSize-4, 3*blockSize-3
	copy(pages[atEnd:], "abc\x00")
	copy(pages[across:], "defghi\x00")
	m := openMemory(unix.Getpid(), 8)
	defer m.close()
	m.ahead(base+uint64(across), base+uint64(atEnd))
	if m.find(base+uint64(across)) < 0 || m.find(base+uint64(atEnd)) < 0 {
		t.Error("not both were read")
	}
	for at, want := range map[int]string{atEnd: "abc", across: "defghi"} {
		if got, err := m.string(base+uint64(at), 100); got != want || err != nil {
			t.Errorf("read %q, %v; want %q", got, err, want)
		}
	}
	pages[blockSize-1] = 'd' // now it goes on where nothing can be read
	m.base = [blocks]uint64{}
	if _, err := m.string(base+uint64(atEnd), 100); err != errUnreadable {
		t.Errorf("beyond what can be read: %v", err)
	}
}
