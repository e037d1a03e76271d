package intercept

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

const loadAddress = 0x400000

// elf makes a static program of one writable, executable segment. after is
// where code begins in memory.
func elf(t *testing.T, class byte, code func(after uint32) []byte) string {
	t.Helper()
	type header32 struct {
		Type, Machine              uint16
		Version, Entry, Ph, Sh, Fl uint32
		Eh, PhSize, PhNum          uint16
		_                          [3]uint16
	}
	type header64 struct {
		Type, Machine     uint16
		Version           uint32
		Entry, Ph, Sh     uint64
		Fl                uint32
		Eh, PhSize, PhNum uint16
		_                 [3]uint16
	}
	var b bytes.Buffer
	b.Write([]byte{0x7f, 'E', 'L', 'F', class, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	put := func(v any) {
		if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
			t.Fatal(err)
		}
	}
	if class == 1 {
		text := code(loadAddress + 84)
		size := uint32(84 + len(text))
		put(header32{2, 3, 1, loadAddress + 84, 52, 0, 0, 52, 32, 1, [3]uint16{}})
		put([8]uint32{1, 0, loadAddress, loadAddress, size, size, 7, 4096})
		b.Write(text)
	} else {
		text := code(loadAddress + 120)
		size := uint64(120 + len(text))
		put(header64{2, 62, 1, loadAddress + 120, 64, 0, 0, 64, 56, 1, [3]uint16{}})
		put([2]uint32{1, 7})
		put([6]uint64{0, loadAddress, loadAddress, size, size, 4096})
		b.Write(text)
	}
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, b.Bytes(), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// exec32 execs its own argv[1:] as a 32-bit program does.
func exec32(t *testing.T) string {
	return elf(t, 1, func(uint32) []byte {
		return []byte{
			0x8b, 0x5c, 0x24, 0x08, // mov ebx, [esp+8]
			0x8d, 0x4c, 0x24, 0x08, // lea ecx, [esp+8]
			0x8b, 0x04, 0x24, // mov eax, [esp]
			0x8d, 0x54, 0x84, 0x08, // lea edx, [esp+eax*4+8]
			0xb8, 11, 0, 0, 0, // mov eax, execve
			0xcd, 0x80, // int 0x80
			0xbb, 126, 0, 0, 0, // mov ebx, 126
			0xb8, 1, 0, 0, 0, // mov eax, exit
			0xcd, 0x80,
		}
	})
}

// int80 is a 64-bit program that execs argv through the 32-bit interface.
func int80(t *testing.T, argv ...string) string {
	return elf(t, 2, func(after uint32) []byte {
		const length = 5 + 5 + 2 + 5 + 2 + 5 + 5 + 2
		words := binary.LittleEndian.AppendUint32
		array, text := []byte(nil), []byte(nil)
		start := after + length + uint32(4*(len(argv)+1))
		for _, a := range argv {
			array = words(array, start+uint32(len(text)))
			text = append(append(text, a...), 0)
		}
		array = words(array, 0)
		code := words([]byte{0xbb}, start)                // mov ebx, path
		code = words(append(code, 0xb9), after+length)    // mov ecx, argv
		code = append(code, 0x31, 0xd2)                   // xor edx, edx
		code = append(code, 0xb8, 11, 0, 0, 0)            // mov eax, execve
		code = append(code, 0xcd, 0x80)                   // int 0x80
		code = append(code, 0xbb, 126, 0, 0, 0)           // mov ebx, 126
		code = append(code, 0xb8, 1, 0, 0, 0, 0xcd, 0x80) // exit
		return append(append(code, array...), text...)
	})
}

func Test32Bit(t *testing.T) {
	rm := need(t, "rm")
	for _, test := range []struct {
		name string
		argv func(t *testing.T, victim string) []string
	}{
		{"32-bit program", func(t *testing.T, v string) []string { return []string{exec32(t), rm, "-f", v} }},
		{"int 0x80 in a 64-bit program", func(t *testing.T, v string) []string { return []string{int80(t, rm, "-f", v)} }},
	} {
		t.Run(test.name, func(t *testing.T) {
			free := victim(t)
			words := test.argv(t, free)
			if err := exec.Command(words[0], words[1:]...).Run(); err != nil {
				t.Skipf("this kernel runs no 32-bit calls: %v", err)
			}
			if _, err := os.Stat(free); err == nil {
				t.Fatal("the program does nothing even unsupervised")
			}
			v := victim(t)
			r := denyProgram("rm", v)
			_, status := run(t, r, test.argv(t, v)...)
			mustExist(t, v, r)
			mustSee(t, r, rm+" -f "+v)
			if status != Denied {
				t.Errorf("status %d, want %d", status, Denied)
			}
		})
	}
}

// x32 is a program that execs argv by an x32 number, and exits with the errno.
func x32(t *testing.T, number uint32, argv ...string) string {
	return elf(t, 2, func(after uint32) []byte {
		const length = 5 + 5 + 2 + 5 + 2 + 2 + 2 + 5 + 2
		words := binary.LittleEndian.AppendUint32
		array, text := []byte(nil), []byte(nil)
		start := after + length + uint32(4*(len(argv)+1))
		for _, a := range argv {
			array = words(array, start+uint32(len(text)))
			text = append(append(text, a...), 0)
		}
		array = words(array, 0)
		code := words([]byte{0xbf}, start)             // mov edi, path
		code = words(append(code, 0xbe), after+length) // mov esi, argv
		code = append(code, 0x31, 0xd2)                // xor edx, edx
		code = words(append(code, 0xb8), number)       // mov eax, number
		code = append(code, 0x0f, 0x05)                // syscall
		code = append(code, 0xf7, 0xd8)                // neg eax
		code = append(code, 0x89, 0xc7)                // mov edi, eax
		code = words(append(code, 0xb8), unix.SYS_EXIT)
		code = append(code, 0x0f, 0x05) // syscall
		return append(append(code, array...), text...)
	})
}

// The x32 numbers do not exist below the filter, whether the kernel has them or
// not (pitfall 8).
func TestX32(t *testing.T) {
	const bit = 0x40000000
	rm := need(t, "rm")
	for _, number := range []uint32{bit + 520, bit + 545, bit + unix.SYS_EXECVE} {
		v := victim(t)
		r := denyProgram("rm", v)
		if _, status := run(t, r, x32(t, number, rm, "-f", v)); status != int(unix.ENOSYS) {
			t.Errorf("number %#x: status %d, want %d", number, status, unix.ENOSYS)
		}
		mustExist(t, v, r)
	}
}
