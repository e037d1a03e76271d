package intercept

import (
	"io"
	"os"
	"os/exec"
	"testing"

	"restrain/secret"
)

// BenchmarkMaskedOutput is 64 MB through a plain pipe, and through a relay to
// the same pipe: a shell's program prints it, and this process reads it.
func BenchmarkMaskedOutput(b *testing.B) {
	const size = 64 << 20
	print := func(b *testing.B, out *os.File) *exec.Cmd {
		cmd := exec.Command("sh", "-c", "exec head -c 67108864 /dev/zero")
		cmd.Stdout = out
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		out.Close()
		return cmd
	}
	read := func(b *testing.B, from *os.File) {
		if n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{from}, make([]byte, 64<<10)); n != size || err != nil {
			b.Fatalf("%d bytes: %v", n, err)
		}
		from.Close()
	}
	b.Run("plain", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			from, to, err := os.Pipe()
			if err != nil {
				b.Fatal(err)
			}
			cmd := print(b, to)
			read(b, from)
			_ = cmd.Wait()
		}
	})
	b.Run("masked", func(b *testing.B) {
		b.SetBytes(size)
		for b.Loop() {
			from, to, err := os.Pipe()
			if err != nil {
				b.Fatal(err)
			}
			relay, ends, err := newRelay([]secret.Value{secret.New("A_TOKEN", "rw_Fe26dead0c4a9b8e77aa6611", secret.Origin{})}, [2]int{int(to.Fd()), -1})
			if err != nil {
				b.Fatal(err)
			}
			cmd := print(b, ends[1])
			done := make(chan struct{})
			go func() {
				relay.run()
				to.Close()
				close(done)
			}()
			read(b, from)
			<-done
			_ = cmd.Wait()
		}
	})
}
