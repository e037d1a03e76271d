package session

import (
	"context"
	"os"
	"testing"

	"restrain/classify"
	"restrain/gate"
	"restrain/intercept"
	"restrain/trust"
)

// BenchmarkBelow is what is computed for an exec below a step: one that the step
// was read to run, one that is read itself, and a script.
func BenchmarkBelow(b *testing.B) {
	policy, err := gate.NewPolicy(classify.Shipped(), trust.Shipped(), "")
	if err != nil {
		b.Fatal(err)
	}
	store, err := gate.OpenStore(b.TempDir(), "0123456789abcdef", policy)
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	j := newJudge([]string{"agent"}, "/home/dev")
	j.gate = &gate.Gate{Policy: policy, Store: store}
	exec := func(pid, ppid int, argv ...string) intercept.Request {
		return intercept.Request{Kind: intercept.KindArgv, Door: intercept.DoorExec, Argv: argv, Dir: "/home/dev/app", PID: pid,
			Exec: &intercept.Exec{Path: "/usr/bin/" + argv[0], Program: "/usr/bin/" + argv[0], Raw: argv, PPID: ppid, Serial: uint64(pid)}}
	}
	line := exec(os.Getpid(), 1, "bash", "-c", "make; true")
	line.Kind, line.Line = intercept.KindLine, "make; true"
	if reply := j.Judge(context.Background(), line); !reply.Allow {
		b.Fatal(reply.Message)
	}
	script := exec(os.Getpid(), 1, "/bin/sh", "/usr/bin/tool", "a", "b")
	script.Exec.Path, script.Exec.ScriptPath, script.Exec.Raw = "/usr/bin/tool", "/usr/bin/tool", []string{"/usr/bin/tool", "a", "b"}
	for name, r := range map[string]intercept.Request{
		"foreseen": exec(os.Getpid(), 1, "true"), "read": exec(os.Getpid(), 1, "cc", "-O2", "-c", "x.c", "-o", "x.o"), "script": script,
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if reply := j.Judge(context.Background(), r); !reply.Allow {
					b.Fatal(reply.Message)
				}
			}
		})
	}
}
