package intercept

import "golang.org/x/sys/unix"

// A fileCallKind is a system call that can take a file away, by its arguments.
type fileCallKind uint8

const (
	callOpen        fileCallKind = iota // path, flags
	callOpenat                          // directory, path, flags
	callOpenat2                         // directory, path, struct open_how, its size
	callCreat                           // path
	callTruncate                        // path, length
	callTruncate64                      // path, length in two registers
	callFtruncate                       // descriptor, length
	callFtruncate64                     // descriptor, length in two registers
	callUnlink                          // path
	callUnlinkat                        // directory, path, flags
	callRmdir                           // path
	callRename                          // path, path
	callRenameat                        // directory, path, directory, path
	callRenameat2                       // the same and flags
)

// A fileNumber is the number of such a call in an ABI.
type fileNumber struct {
	nr   uint32
	kind fileCallKind
}

// The numbers of each ABI. open(2) comes first, for it is by far the most
// frequent. Numbers over 400 are the same everywhere.
var (
	amd64Files = []fileNumber{{257, callOpenat}, {2, callOpen}, {437, callOpenat2}, {85, callCreat},
		{76, callTruncate}, {77, callFtruncate}, {87, callUnlink}, {263, callUnlinkat}, {84, callRmdir},
		{82, callRename}, {264, callRenameat}, {316, callRenameat2}}
	i386Files = []fileNumber{{295, callOpenat}, {5, callOpen}, {437, callOpenat2}, {8, callCreat},
		{92, callTruncate}, {93, callFtruncate}, {193, callTruncate64}, {194, callFtruncate64}, {10, callUnlink}, {301, callUnlinkat}, {40, callRmdir},
		{38, callRename}, {302, callRenameat}, {353, callRenameat2}}
	arm64Files = []fileNumber{{56, callOpenat}, {437, callOpenat2}, {45, callTruncate}, {46, callFtruncate}, {35, callUnlinkat},
		{38, callRenameat}, {276, callRenameat2}}
	armFiles = []fileNumber{{322, callOpenat}, {5, callOpen}, {437, callOpenat2}, {8, callCreat},
		{92, callTruncate}, {93, callFtruncate}, {193, callTruncate64}, {194, callFtruncate64}, {10, callUnlink}, {328, callUnlinkat}, {40, callRmdir},
		{38, callRename}, {329, callRenameat}, {382, callRenameat2}}
)

// fileFilter is the part of the filter for these calls, with the call's number
// loaded. Those that open are notified only with O_TRUNC, which is 0x200 in all
// of these ABIs; openat2(2) has its flags in memory, where no filter looks.
func fileFilter(numbers []fileNumber) (p []unix.SockFilter) {
	for _, n := range numbers {
		switch n.kind {
		case callOpen, callOpenat:
			flags := dataArg0 + 8 // the second argument
			if n.kind == callOpenat {
				flags += 8
			}
			p = append(p,
				unix.SockFilter{Code: bpfEqual, K: n.nr, Jf: 4},
				unix.SockFilter{Code: bpfLoad, K: uint32(flags)},
				unix.SockFilter{Code: bpfSome, K: unix.O_TRUNC, Jf: 1},
				retNotify, retAllow)
		default:
			p = append(p, unix.SockFilter{Code: bpfEqual, K: n.nr, Jf: 1}, retNotify)
		}
	}
	return p
}

// fileCallOf tells which of these calls a notification is about.
func (a *abi) fileCallOf(nr uint32) (kind fileCallKind, ok bool) {
	for _, n := range a.files {
		if n.nr == nr {
			return n.kind, true
		}
	}
	return 0, false
}
