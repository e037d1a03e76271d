package intercept

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A spawner is a process that spawns /bin/true on request and says how long
// each took.
type spawner struct {
	in  io.WriteCloser
	out *bufio.Scanner
}

func (s *spawner) attach(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	var err error
	if s.in, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	cmd.Stdout = nil
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewScanner(out)
	s.out.Buffer(nil, 1<<20)
}

// spawn returns the nanoseconds of n spawns.
func (s *spawner) spawn(t testing.TB, n int) (took []int64) {
	t.Helper()
	if _, err := io.WriteString(s.in, strconv.Itoa(n)+"\n"); err != nil {
		t.Fatal(err)
	}
	if !s.out.Scan() {
		t.Fatal("the spawner has gone")
	}
	for f := range strings.FieldsSeq(s.out.Text()) {
		ns, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		took = append(took, ns)
	}
	return took
}

// allowAll is a judge that takes no time and keeps nothing.
type allowAll struct{}

func (allowAll) Judge(context.Context, Request) Reply { return Reply{Allow: true} }

func median(v []int64) float64 {
	slices.Sort(v)
	return float64(v[len(v)/2])
}

// BenchmarkSpawn spawns /bin/true plainly and supervised in turns within one
// run, and reports the medians and their ratio. The judge allows everything.
func BenchmarkSpawn(b *testing.B) {
	needExec(b)
	b.Run("supervised", func(b *testing.B) { benchSpawn(b, ExecOptions{}) })
	b.Run("verified", func(b *testing.B) { benchSpawn(b, ExecOptions{Verify: true}) })
}

func benchSpawn(b *testing.B, o ExecOptions) {
	words := helper("spawner", "/bin/true")
	plain, held := new(spawner), new(spawner)
	cmd := exec.Command(words[0], words[1:]...)
	plain.attach(b, cmd)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s := start(b, o, allowAll{}, func(c *exec.Cmd) { held.attach(b, c) }, words...)
	const turn = 20
	var without, with []int64
	for b.Loop() {
		without = append(without, plain.spawn(b, turn)...)
		with = append(with, held.spawn(b, turn)...)
	}
	base := median(without)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(base/1e3, "µs-plain")
	b.ReportMetric(median(with)/1e3, "µs-held")
	b.ReportMetric(median(with)/base, "ratio")
	_, _ = plain.in.Close(), held.in.Close()
	_ = cmd.Wait()
	s.wait()
}

// BenchmarkReadCall measures the supervisor's own work for one exec: reading
// /bin/true with a usual environment, here from the benchmark's own memory.
func BenchmarkReadCall(b *testing.B) {
	door, err := NewExecDoor(ExecOptions{})
	if err != nil {
		b.Fatal(err)
	}
	runtime.LockOSThread()
	path, _ := unix.BytePtrFromString("/bin/true")
	argv, _ := syscall.SlicePtrFromStrings([]string{"/bin/true"})
	env, _ := syscall.SlicePtrFromStrings(os.Environ())
	n := &notification{tid: uint32(unix.Gettid()), nr: unix.SYS_EXECVE, arch: auditArchNative}
	n.args[0] = uint64(uintptr(unsafe.Pointer(path)))
	n.args[1] = uint64(uintptr(unsafe.Pointer(&argv[0])))
	n.args[2] = uint64(uintptr(unsafe.Pointer(&env[0])))
	b.ReportAllocs()
	for b.Loop() {
		c, err := door.readCall(n, abiOf(n.arch))
		if err != nil || c.harmless || c.request.Exec.Path != "/bin/true" {
			b.Fatalf("%+v, %v", c, err)
		}
		c.process.close()
	}
	runtime.KeepAlive(path)
	runtime.KeepAlive(argv)
	runtime.KeepAlive(env)
}
