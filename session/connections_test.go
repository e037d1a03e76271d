//go:build linux

package session

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"restrain/gate"
	"restrain/intercept"
)

// known is a resolver of a few names.
type known map[string]string

func (k known) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if addr, ok := k[host]; ok {
		return []netip.Addr{netip.MustParseAddr(addr)}, nil
	}
	return nil, errors.New("no such host")
}

func (k known) LookupAddr(_ context.Context, addr string) ([]string, error) {
	return strings.Fields(k["of "+addr]), nil
}

var testNames = known{
	"prod-db.example.com": "203.0.113.7", "db": "203.0.113.8", "shop-test.internal": "203.0.113.9", "api.render.com": "203.0.113.10",
	"of 203.0.113.11": "db.", "of 203.0.113.8": "db.",
}

var testDoors = map[string]string{"SSH_AUTH_SOCK": "/opt/keys/agent", "TMUX": "/opt/mux/x,12,0", "DOCKER_HOST": "unix:///opt/engine.sock"}

// connectionsLab is a witness with a human, and programs that run.
type connectionsLab struct {
	*connections
	t     *testing.T
	human *asker
	steps int
}

func newConnectionsLab(t *testing.T) *connectionsLab {
	t.Helper()
	w, human := newWiredTest(t)
	c := newConnections(w.judge, w.judge.gate.Policy.Rules(), func(name string) string { return testDoors[name] })
	c.names.resolver = testNames
	t.Cleanup(c.close)
	return &connectionsLab{connections: c, t: t, human: human}
}

// program starts a program under a name, with words and variables, that runs until
// the test ends.
func (l *connectionsLab) program(name string, words []string, env ...string) int {
	l.t.Helper()
	shell, err := os.ReadFile("/bin/sh")
	if err != nil {
		l.t.Fatal(err)
	}
	path := filepath.Join(l.t.TempDir(), name)
	if err := os.WriteFile(path, shell, 0o755); err != nil {
		l.t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"-c", "read x"}, words...)...)
	cmd.Env, cmd.Dir = env, l.t.TempDir()
	input, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { input.Close(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

// step has a process run a line that the gate lets run.
func (l *connectionsLab) step(pid int, line string) intercept.Process {
	l.t.Helper()
	l.steps++
	d, err := l.judge.gate.Judge(l.t.Context(), gate.Request{Door: "exec", Line: line, Dir: "/w", Home: "/home/dev"})
	if err != nil || d.Permit == nil {
		l.t.Fatalf("%s: %v %s", line, err, d.Reason)
	}
	p := intercept.Process{PID: pid, Serial: uint64(l.steps)}
	l.judge.steps.Begin(p, nil, d.Permit)
	return p
}

func (l *connectionsLab) connect(p intercept.Process, to string) intercept.ConnectReply {
	l.t.Helper()
	a := intercept.Address{Path: to}
	if addr, err := netip.ParseAddrPort(to); err == nil {
		a = intercept.Address{AddrPort: addr}
	}
	if l.Ignores(&a) {
		return intercept.ConnectReply{Allow: true, Message: "ignored"}
	}
	return l.Connect(l.t.Context(), intercept.ConnectCall{Address: a, Process: p, PPID: 1})
}

func TestConnectionsIgnored(t *testing.T) {
	l := newConnectionsLab(t)
	for _, to := range []string{
		"127.0.0.1:5432", "[::1]:5432", "0.0.0.0:6379", "203.0.113.7:443", "203.0.113.7:80", "203.0.113.7:53", "[2001:db8::1]:8080",
		"/run/nscd/socket", "/var/run/nscd/socket", "/run/systemd/resolve/io.systemd.Resolve", "/run/postgresql/.s.PGSQL.5432", "/tmp/app.sock", "@/tmp/.X11-unix/X0",
	} {
		if reply := l.connect(intercept.Process{PID: os.Getpid()}, to); reply.Message != "ignored" {
			t.Errorf("%s: %+v", to, reply)
		}
	}
}

// What becomes of a connection by where it leads and what the program's words and
// variables say.
func TestConnectionsDecided(t *testing.T) {
	for _, tt := range []struct {
		name, program string
		words, env    []string
		to            string
		asked         string // what the human is asked about; empty for nothing
	}{
		{"a database by its address", "python3", nil, nil, "198.51.100.1:5432", "postgresql 198.51.100.1:5432"},
		{"production by a variable", "python3", nil, []string{"PGHOST=prod-db.example.com"}, "203.0.113.7:5432", "postgresql prod-db.example.com:5432"},
		{"production by a URL", "node", nil, []string{"DATABASE_URL=postgres://u:hush@prod-db.example.com:5432/shop"}, "203.0.113.7:5432", "postgresql prod-db.example.com:5432"},
		{"production by a word", "python3", []string{"app.py", "--host=prod-db.example.com"}, nil, "203.0.113.7:3306", "mysql prod-db.example.com:3306"},
		{"another host's variable", "python3", nil, []string{"PGHOST=prod-db.example.com"}, "203.0.113.20:5432", "postgresql 203.0.113.20:5432"},
		{"a host for tests by its name", "python3", nil, []string{"PGHOST=shop-test.internal"}, "203.0.113.9:5432", ""},
		{"what is near", "python3", nil, []string{"DATABASE_URL=postgres://db/shop"}, "203.0.113.8:5432", ""},
		{"what is near by what it is called", "python3", nil, nil, "203.0.113.8:5432", ""},
		{"what only calls itself near", "python3", nil, nil, "203.0.113.11:5432", "postgresql 203.0.113.11:5432"},
		{"a client whose words say it", "psql", []string{"-h", "prod-db.example.com"}, nil, "203.0.113.7:5432", ""},
		{"a client that a variable leads", "psql", []string{"shop"}, []string{"PGHOST=prod-db.example.com"}, "203.0.113.7:5432", "postgresql prod-db.example.com:5432"},
		{"ssh", "ssh", []string{"web"}, nil, "203.0.113.12:22", ""},
		{"a library that speaks ssh", "python3", nil, nil, "203.0.113.12:22", "ssh 203.0.113.12:22"},
		{"a queue", "node", nil, nil, "203.0.113.12:9092", "kafka 203.0.113.12:9092"},
		{"docker's own client", "docker", []string{"ps"}, nil, "/var/run/docker.sock", ""},
		{"a library that speaks to docker", "python3", nil, nil, "/var/run/docker.sock", "docker /var/run/docker.sock"},
		{"the terminal", "python3", nil, nil, "/tmp/tmux-1000/default", "terminal /tmp/tmux-1000/default"},
		{"the terminal where it is", "python3", nil, nil, "/opt/mux/x", "terminal /opt/mux/x"},
		{"a container engine where it is", "python3", nil, nil, "/opt//engine.sock", "docker /opt//engine.sock"},
		{"the keys", "python3", nil, nil, "/tmp/ssh-XXabc/agent.7", "ssh-agent /tmp/ssh-XXabc/agent.7"},
		{"the keys where they are", "python3", nil, nil, "/opt/keys/agent", "ssh-agent /opt/keys/agent"},
		{"the keys that gpg holds", "node", nil, nil, "/home/dev/.gnupg/S.gpg-agent", "ssh-agent /home/dev/.gnupg/S.gpg-agent"},
		{"ssh and the keys", "ssh", []string{"web"}, nil, "/opt/keys/agent", ""},
		{"gpg and the keys", "gpg", []string{"--sign"}, nil, "/home/dev/.gnupg/S.gpg-agent", ""},
		{"the desktop", "python3", nil, nil, "/run/user/1000/bus", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := newConnectionsLab(t)
			p := l.step(l.program(tt.program, tt.words, tt.env...), "make check")
			reply := l.connect(p, tt.to)
			if reply.Allow != (tt.asked == "") {
				t.Fatalf("%+v", reply)
			}
			if tt.asked == "" {
				if len(l.human.asked) > 0 {
					t.Errorf("asked about %s", <-l.human.asked)
				}
				return
			}
			want := "connect " + tt.asked + " by " + tt.program
			if got := <-l.human.asked; got != want || !strings.Contains(reply.Message, "a human is being asked") {
				t.Errorf("asked about %q, want %q; told %q", got, want, reply.Message)
			}
			if by := l.human.sentBy.Load(); by != "step 1, make check" {
				t.Errorf("sent by %q", by)
			}
		})
	}
}

func (l *connectionsLab) answered(approved bool) {
	<-l.human.asked
	l.human.answers <- approved
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.held {
		<-h.done
	}
}

// An approval is for the next run of the same command, as often as that connects.
func TestConnectionsOnceApproved(t *testing.T) {
	l := newConnectionsLab(t)
	pid := l.program("python3", nil, "PGHOST=prod-db.example.com")
	const to = "203.0.113.7:5432"
	first := l.step(pid, "make check")
	for range 2 {
		if reply := l.connect(first, to); reply.Allow {
			t.Fatalf("%+v", reply)
		}
	}
	l.answered(true)
	if reply := l.connect(l.step(pid, "make other"), to); reply.Allow {
		t.Fatal("another command connects")
	}
	<-l.human.asked
	again := l.step(pid, "make check")
	for range 3 {
		if reply := l.connect(again, to); !reply.Allow {
			t.Errorf("%+v", reply)
		}
	}
	if reply := l.connect(l.step(pid, "make check"), to); reply.Allow {
		t.Error("a third run connects")
	}
	if reply := l.connect(again, "203.0.113.7:3306"); reply.Allow {
		t.Error("another port is open as well")
	}
}

func TestConnectionsDenied(t *testing.T) {
	l := newConnectionsLab(t)
	pid := l.program("python3", nil)
	const to = "203.0.113.20:5432"
	p := l.step(pid, "make check")
	l.connect(p, to)
	l.answered(false)
	for _, p := range []intercept.Process{p, p, l.step(pid, "make check")} {
		if reply := l.connect(p, to); reply.Allow || !strings.Contains(reply.Message, "a human said no") {
			t.Errorf("%+v", reply)
		}
	}
	if n := len(l.human.asked); n > 0 {
		t.Errorf("%d questions more", n)
	}
}

func TestConnectionsOldApproval(t *testing.T) {
	l := newConnectionsLab(t)
	pid := l.program("python3", nil, "PGHOST=prod-db.example.com")
	l.connect(l.step(pid, "make check"), "203.0.113.7:5432")
	l.answered(true)
	for _, h := range l.held {
		h.at = time.Now().Add(-approvedTime - time.Second)
	}
	if reply := l.connect(l.step(pid, "make check"), "203.0.113.7:5432"); reply.Allow {
		t.Error("it is opened")
	}
}

// What a human approved of a step is not asked about when it connects for that.
func TestConnectionsOfAnApprovedStep(t *testing.T) {
	l := newConnectionsLab(t)
	pid := l.program("python3", nil, "DATABASE_URL=postgres://prod-db.example.com/shop")
	go func() { <-l.human.asked; l.human.answers <- true }()
	p := l.step(pid, "psql -h prod-db.example.com -c 'drop table users'")
	if reply := l.connect(p, "203.0.113.7:5432"); !reply.Allow {
		t.Errorf("%+v", reply)
	}
	if reply := l.connect(p, "203.0.113.20:5432"); reply.Allow {
		t.Error("another host is reached as well")
	}
}

// Where nothing can be journaled nothing is opened, and too many are not asked about.
func TestConnectionsFailClosed(t *testing.T) {
	l := newConnectionsLab(t)
	p := l.step(l.program("python3", nil), "make check")
	for n := range maxHeldConnections {
		l.connect(p, netip.AddrPortFrom(netip.AddrFrom4([4]byte{203, 0, 113, byte(100 + n)}), 5432).String())
	}
	if reply := l.connect(p, "198.51.100.1:5432"); reply.Allow || !strings.Contains(reply.Message, "too many") {
		t.Errorf("%+v", reply)
	}
	l = newConnectionsLab(t)
	p = l.step(l.program("python3", nil), "make check")
	l.judge.gate.Store.Close()
	if reply := l.connect(p, "198.51.100.1:5432"); reply.Allow || !strings.Contains(reply.Message, "nothing runs") {
		t.Errorf("%+v", reply)
	}
}

// A call that cannot be read goes on, and is counted.
func TestConnectionsUnread(t *testing.T) {
	l := newConnectionsLab(t)
	p := l.step(l.program("python3", nil), "make check")
	if reply := l.Connect(t.Context(), intercept.ConnectCall{Process: p, Unknown: "its memory cannot be read"}); !reply.Allow {
		t.Errorf("%+v", reply)
	}
}

func TestConnectionsPastTheProxy(t *testing.T) {
	l := newConnectionsLab(t)
	l.past = newPastProxy(l.judge.gate.Policy)
	p := l.step(l.program("node", nil), "make check")
	if reply := l.connect(p, "203.0.113.10:443"); reply.Allow || !strings.Contains(reply.Message, "past the session's proxy") {
		t.Errorf("%+v", reply)
	}
	if got := <-l.human.asked; got != "connect https api.render.com:443 by node" {
		t.Errorf("asked about %q", got)
	}
	for _, to := range []string{"203.0.113.99:443", "203.0.113.10:8080"} {
		if reply := l.connect(p, to); !reply.Allow {
			t.Errorf("%s: %+v", to, reply)
		}
	}
}

func TestHostsIn(t *testing.T) {
	for words, want := range map[string]string{
		"psql -h db.example.com shop":                           "db.example.com",
		"psql postgres://u:p@db.example.com:5432/shop":          "db.example.com",
		"psql host=db.example.com;dbname=shop":                  "db.example.com",
		"mysql -hdb1 shop":                                      "db1",
		"mongosh mongodb://a.example.com:27017,b.example.com/x": "a.example.com b.example.com",
		"redis-cli -u redis://:hush@cache:6379":                 "cache",
		"sqlcmd -S tcp:db.example.com,1433":                     "db.example.com",
		"sqlplus scott/tiger@ora.example.com:1521/x":            "ora.example.com",
		"kcat -b k1:9092,k2:9092":                               "k1 k2",
		"psql shop":                                             "",
		"python3 app.py":                                        "",
		"psql -h 10.0.0.1 shop":                                 "",
	} {
		got := hostsIn(strings.Fields(words))
		slices.Sort(got)
		if strings.Join(slices.Compact(got), " ") != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}

// FuzzHosts holds that whatever stands there, only names are looked up.
func FuzzHosts(f *testing.F) {
	f.Add("DATABASE_URL=postgres://u:p@db.example.com:5432,b/x", "--host=a")
	f.Fuzz(func(t *testing.T, line, word string) {
		for _, host := range append(hostsOfVariables([]string{line}), hostsIn([]string{"x", word})...) {
			if host == "" || len(host) > 253 || strings.ContainsAny(host, " /@:\x00") {
				t.Errorf("%q, %q: %q", line, word, host)
			}
		}
	})
}
