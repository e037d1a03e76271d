package intercept

import (
	"encoding/binary"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// unlink32 unlinks a path as 32-bit programs do: itself one, or by int 0x80 in
// a 64-bit one. It exits with 0 or the errno, and is static.
func unlink32(t *testing.T, class byte, path string) string {
	return elf(t, class, func(after uint32) []byte {
		const length = 5 + 5 + 2 + 2 + 2 + 5 + 2
		words := binary.LittleEndian.AppendUint32
		code := words([]byte{0xbb}, after+length) // mov ebx, path
		code = append(code, 0xb8, 10, 0, 0, 0)    // mov eax, unlink
		code = append(code, 0xcd, 0x80)           // int 0x80
		code = append(code, 0xf7, 0xd8)           // neg eax
		code = append(code, 0x89, 0xc3)           // mov ebx, eax
		code = append(code, 0xb8, 1, 0, 0, 0)     // mov eax, exit
		code = append(code, 0xcd, 0x80)           // int 0x80
		return append(append(code, path...), 0)
	})
}

func TestFiles32Bit(t *testing.T) {
	for class, name := range map[byte]string{1: "a 32-bit program", 2: "int 0x80 in a 64-bit program"} {
		t.Run(name, func(t *testing.T) {
			dir := oldFiles(t, "a", "free")
			if err := exec.Command(unlink32(t, class, filepath.Join(dir, "free"))).Run(); err != nil {
				t.Skipf("this kernel runs no 32-bit calls: %v", err)
			}
			w := fromNow(t)
			if _, status := runFiles(t, w, dir, unlink32(t, class, "a")); status != 0 {
				t.Errorf("status %d", status)
			}
			if got := w.told(dir); !slices.Equal(got, []string{"unlink a"}) {
				t.Errorf("told %q", got)
			}
		})
	}
}
