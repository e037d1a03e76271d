package intercept

import (
	"bufio"
	"context"
	"io"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
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

// BenchmarkSpawn spawns /bin/true plainly, supervised, and supervised with the
// check after exec, in turns within one run, and reports the ratios of the
// medians. The judge allows everything.
func BenchmarkSpawn(b *testing.B) {
	needExec(b)
	plain, held, checked := new(spawner), new(spawner), new(spawner)
	words := helper("spawner", "/bin/true")
	cmd := exec.Command(words[0], words[1:]...)
	plain.attach(b, cmd)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	s := start(b, ExecOptions{}, allowAll{}, func(c *exec.Cmd) { held.attach(b, c) }, words...)
	v := start(b, ExecOptions{Verify: true}, allowAll{}, func(c *exec.Cmd) { checked.attach(b, c) }, words...)
	const turn = 20
	var a, c, d []int64
	for b.Loop() {
		a = append(a, plain.spawn(b, turn)...)
		c = append(c, held.spawn(b, turn)...)
		d = append(d, checked.spawn(b, turn)...)
	}
	base := median(a)
	b.ReportMetric(base/1e3, "µs-plain")
	b.ReportMetric(median(c)/1e3, "µs-supervised")
	b.ReportMetric(median(d)/1e3, "µs-verified")
	b.ReportMetric(median(c)/base, "x-supervised")
	b.ReportMetric(median(d)/base, "x-verified")
	for _, p := range []*spawner{plain, held, checked} {
		_ = p.in.Close()
	}
	_ = cmd.Wait()
	s.wait()
	v.wait()
}
