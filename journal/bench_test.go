//go:build unix

package journal

import (
	"bufio"
	"bytes"
	"fmt"
	"testing"
)

func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("behind %d", n), func(b *testing.B) {
			path, _ := write(b, n)
			l := open(b, path, Head{})
			e := step(1)
			for b.Loop() {
				if _, err := l.Append(e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One process a command: open with the head of the last, append, close.
func BenchmarkOpenAppendClose(b *testing.B) {
	path, _ := write(b, 10_000)
	l := open(b, path, Head{})
	if _, err := l.Append(step(1)); err != nil {
		b.Fatal(err)
	}
	head := l.Head()
	for b.Loop() {
		l, err := OpenAt(path, head)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Append(step(1)); err != nil {
			b.Fatal(err)
		}
		head = l.Head()
		l.Close()
	}
}

func BenchmarkVerify(b *testing.B) {
	_, content := write(b, 10_000)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := Verify(bufio.NewReader(bytes.NewReader(content))); err != nil {
			b.Fatal(err)
		}
	}
}
