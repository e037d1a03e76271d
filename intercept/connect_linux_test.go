package intercept

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// nameCache is what the C library asks for a user's home before it reads
// /etc/passwd, in every program that starts without $HOME. It is none of a test's.
const nameCache = "/var/run/nscd/socket"

// A connectRecorder is a witness that remembers what it was told.
type connectRecorder struct {
	ignores func(*Address) bool
	reply   func(context.Context, ConnectCall) ConnectReply

	mu   sync.Mutex
	seen []string
}

func (r *connectRecorder) Ignores(a *Address) bool { return r.ignores != nil && r.ignores(a) }

func (r *connectRecorder) Connect(ctx context.Context, c ConnectCall) ConnectReply {
	to := c.Address.Path
	if to == "" {
		to = c.Address.String()
	}
	if to == nameCache {
		return ConnectReply{Allow: true}
	}
	r.mu.Lock()
	r.seen = append(r.seen, to)
	r.mu.Unlock()
	if r.reply == nil {
		return ConnectReply{Allow: true}
	}
	return r.reply(ctx, c)
}

func (r *connectRecorder) told() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.seen)
}

func refused(_ context.Context, c ConnectCall) ConnectReply {
	return ConnectReply{Message: "restrain: not there"}
}

// runConnects supervises a line of Python, with a server that greets whoever comes
// as P and a directory in which S is a Unix socket's.
func runConnects(t *testing.T, w ConnectWitness, code string) (out string, port int) {
	t.Helper()
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	local, err := net.Listen("unix", filepath.Join(dir, "S"))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []net.Listener{server, local} {
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				fmt.Fprint(c, "hello")
				c.Close()
			}
		}()
	}
	port = server.Addr().(*net.TCPAddr).Port
	code = "import socket, os\nP = " + strconv.Itoa(port) + "\n" + code
	s := start(t, ExecOptions{Connects: w}, allowAll{}, func(c *exec.Cmd) { c.Dir = dir }, need(t, "python3"), "-c", code)
	out, _ = s.wait()
	return out, port
}

const (
	pyTCP   = "s = socket.create_connection(('127.0.0.1', P)); print(s.recv(9))\n"
	pySix   = "s = socket.socket(socket.AF_INET6); s.connect(('::ffff:127.0.0.1', P)); print(s.recv(9))\n"
	pyUnix  = "s = socket.socket(socket.AF_UNIX); s.connect('S'); print(s.recv(9))\n"
	pyNow   = "s = socket.socket(); s.setblocking(False); print(s.connect_ex(('127.0.0.1', P)))\n"
	pyUDP   = "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.connect(('127.0.0.1', P)); print('way')\n"
	pyFast  = "s = socket.socket()\ntry: s.sendto(b'x', 0x20000000, ('127.0.0.1', P)); print('sent')\nexcept OSError as e: print(e.errno)\n"
	pyFast2 = "s = socket.socket()\ntry: s.sendmsg([b'x'], [], 0x20000000, ('127.0.0.1', P)); print('sent')\nexcept OSError as e: print(e.errno)\n"
)

func TestConnectsAreTold(t *testing.T) {
	w := &connectRecorder{}
	out, port := runConnects(t, w, pyTCP+pySix+pyUnix+pyNow+pyUDP)
	if want := "b'hello'\nb'hello'\nb'hello'\n115\nway\n"; out != want {
		t.Errorf("output %q, want %q", out, want)
	}
	at := "127.0.0.1:" + strconv.Itoa(port)
	told := w.told()
	if len(told) != 4 || told[0] != at || told[1] != at || told[3] != at || !filepath.IsAbs(told[2]) || filepath.Base(told[2]) != "S" {
		t.Errorf("told %q", told)
	}
}

func TestConnectsIgnored(t *testing.T) {
	w := &connectRecorder{ignores: func(a *Address) bool { return a.Addr().IsLoopback() }, reply: refused}
	if out, _ := runConnects(t, w, pyTCP); out != "b'hello'\n" || len(w.told()) > 0 {
		t.Errorf("output %q, told %q", out, w.told())
	}
}

// A refused connection is one to a host that cannot be reached, also where nobody
// waits for it, and the process is told why.
func TestConnectsRefused(t *testing.T) {
	for name, code := range map[string]string{"blocking": "print(socket.socket().connect_ex(('127.0.0.1', P)))", "not blocking": pyNow, "Unix": "print(socket.socket(socket.AF_UNIX).connect_ex('S'))"} {
		t.Run(name, func(t *testing.T) {
			out, _ := runConnects(t, &connectRecorder{reply: refused}, code)
			if !strings.Contains(out, "restrain: not there\n") || !strings.Contains(out, strconv.Itoa(int(unix.EHOSTUNREACH))) {
				t.Errorf("output %q", out)
			}
		})
	}
}

// What connects and sends in one call is no way around.
func TestConnectsFastOpen(t *testing.T) {
	out, _ := runConnects(t, &connectRecorder{reply: refused}, pyFast+pyFast2)
	if want := strings.Repeat(strconv.Itoa(int(unix.EOPNOTSUPP))+"\n", 2); out != want {
		t.Errorf("output %q, want %q", out, want)
	}
}

// A witness that waits is told when the process has gone.
func TestConnectsOfWhoHasGone(t *testing.T) {
	waits, left := make(chan int, 1), make(chan struct{})
	w := &connectRecorder{reply: func(ctx context.Context, c ConnectCall) ConnectReply {
		waits <- c.Process.PID
		<-ctx.Done()
		close(left)
		return ConnectReply{Allow: true}
	}}
	s := start(t, ExecOptions{Connects: w}, allowAll{}, nil, need(t, "python3"), "-c", "import socket; socket.socket().connect(('127.0.0.1', 9))")
	if err := unix.Kill(<-waits, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	select {
	case <-left:
	case <-time.After(patience):
		t.Error("the witness is not told")
	}
	s.wait()
}

func TestConnectFilter(t *testing.T) {
	const (
		notify = unix.SECCOMP_RET_USER_NOTIF
		allow  = unix.SECCOMP_RET_ALLOW
		enosys = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
		noFast = unix.SECCOMP_RET_ERRNO | uint32(unix.EOPNOTSUPP)
		amd64  = unix.AUDIT_ARCH_X86_64
		i386   = unix.AUDIT_ARCH_I386
		arm64  = unix.AUDIT_ARCH_AARCH64
		arm    = unix.AUDIT_ARCH_ARM
		fast   = unix.MSG_FASTOPEN | unix.MSG_NOSIGNAL
	)
	all := []abi{
		{arch: amd64, execve: 59, execveat: 322, limit: 0x40000000, files: amd64Files, connects: amd64Connects},
		{arch: i386, execve: 11, execveat: 358, files: i386Files, connects: i386Connects},
		{arch: arm64, execve: 221, execveat: 281, files: arm64Files, connects: arm64Connects},
		{arch: arm, execve: 11, execveat: 387, files: armFiles, connects: armConnects},
	}
	for _, test := range []struct {
		arch uint32
		nr   int32
		args []uint64
		want uint32
	}{
		{amd64, 42, nil, notify}, {i386, 362, nil, notify}, {arm64, 203, nil, notify}, {arm, 283, nil, notify},
		{i386, 102, []uint64{socketcallConnect}, notify}, {i386, 102, []uint64{1}, allow},
		{amd64, 44, []uint64{0, 0, 0, fast}, noFast}, {amd64, 44, []uint64{fast, fast, fast, 0}, allow},
		{amd64, 46, []uint64{0, 0, fast}, noFast}, {amd64, 46, []uint64{0, fast, 0}, allow},
		{amd64, 307, []uint64{0, 0, 0, fast}, noFast},
		{i386, 369, []uint64{0, 0, 0, fast}, noFast}, {i386, 370, []uint64{0, 0, fast}, noFast}, {i386, 345, []uint64{0, 0, 0, fast}, noFast},
		{arm64, 206, []uint64{0, 0, 0, fast}, noFast}, {arm64, 211, []uint64{0, 0, fast}, noFast}, {arm64, 269, []uint64{0, 0, 0, fast}, noFast},
		{arm, 290, []uint64{0, 0, 0, fast}, noFast}, {arm, 296, []uint64{0, 0, fast}, noFast}, {arm, 374, []uint64{0, 0, 0, fast}, noFast},
		{amd64, ringSetup, nil, enosys}, {amd64, 87, nil, allow}, {amd64, 43, nil, allow},
	} {
		if got := evaluate(t, execFilter(all, watched{connects: true}), test.nr, test.arch, test.args...); got != test.want {
			t.Errorf("architecture %#x, number %d with %v: %#x, want %#x", test.arch, test.nr, test.args, got, test.want)
		}
	}
	if got := evaluate(t, execFilter(all, watched{files: true}), 42, amd64); got != allow {
		t.Errorf("connect without a witness: %#x", got)
	}
	for nr, want := range map[uint32]bool{unix.SYS_CONNECT: true, unix.SYS_SENDTO: false, unix.SYS_READ: false} {
		if native := abiOf(auditArchNative); native != nil {
			if _, ok := native.connectCallOf(nr); ok != want {
				t.Errorf("number %d counts as a connection: %v", nr, ok)
			}
		}
	}
}

// Whatever a process has in its memory is an address or none.
func FuzzAddress(f *testing.F) {
	f.Add([]byte{2, 0, 0x15, 0x38, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 0, '/', 'a', 0, 'b'})
	f.Add([]byte{1, 0, 0, 'a'})
	f.Add([]byte{10, 0, 0x15, 0x38})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) < 2 || len(raw) > maxAddress {
			return
		}
		var a Address
		a.read(raw)
		if a.IsValid() && a.Path != "" {
			t.Errorf("%x is both %v and %q", raw, a.AddrPort, a.Path)
		}
	})
}

// BenchmarkConnect is what a connection costs that is nothing to the witness.
func BenchmarkConnect(b *testing.B) {
	code := "import socket, time\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\na = ('127.0.0.1', 9)\nfor i in range(2000): s.connect(a)\n" +
		"best = 9\nfor r in range(9):\n t = time.perf_counter()\n for i in range(2000): s.connect(a)\n best = min(best, time.perf_counter() - t)\nprint(best / 2000 * 1e6)"
	direct, err := exec.Command("python3", "-c", code).Output()
	if err != nil {
		b.Skip(err)
	}
	for range b.N {
		w := &connectRecorder{ignores: func(a *Address) bool { return a.Addr().IsLoopback() }}
		out, _ := start(b, ExecOptions{Connects: w}, allowAll{}, nil, "python3", "-c", code).wait()
		for name, text := range map[string]string{"direct-µs": string(direct), "seen-µs": out} {
			us, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(us, name)
		}
	}
}
