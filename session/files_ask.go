package session

import (
	"context"
	"os"
	"strconv"
	"sync"

	"restrain/gate"
	"restrain/intercept"
)

// maxAskedTrees bounds the answers that are remembered; they are forgotten as a
// whole, and asked for again.
const maxAskedTrees = 256

// askedTrees remembers what was decided about the trees that could not be kept.
type askedTrees struct {
	mu    sync.Mutex
	known map[askedTree]*askedAnswer
}

// An askedTree is what one step would take away.
type askedTree struct {
	entry uint64
	root  string
}

type askedAnswer struct {
	mu      sync.Mutex // held while it is asked
	decided bool
	reply   intercept.FileReply
}

// of gives the place of an answer, for whoever comes first to fill in.
func (a *askedTrees) of(tree askedTree) *askedAnswer {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer := a.known[tree]
	if answer == nil {
		if a.known == nil || len(a.known) >= maxAskedTrees {
			a.known = map[askedTree]*askedAnswer{}
		}
		answer = &askedAnswer{}
		a.known[tree] = answer
	}
	return answer
}

// ask puts the removal of a tree before the gate, once for a step. It is judged as
// what it is, below no step: no line that was read covers it.
func (f *files) ask(ctx context.Context, c *fileCall, path, root string) intercept.FileReply {
	_, entry, _ := c.permit.Step()
	answer := f.asked.of(askedTree{entry, root})
	answer.mu.Lock()
	defer answer.mu.Unlock()
	if answer.decided {
		return answer.reply
	}
	request := gate.Request{
		Door: string(intercept.DoorExec), Agent: f.judge.agent, PID: c.Process.PID,
		Argv: []string{"rm", "-rf", "--", root}, Dir: f.dirOf(c.Process.PID), Home: f.judge.home, Live: true,
	}
	switch { // what no rule can tell of the path is for a human to say
	case c.Foreign:
		request.Opaque = "the process has its own view of the file system: " + path + " may be another file here"
	case f.places.isOwn(root):
		request.Opaque = "restrain's own files are in it"
	}
	decision, err := f.judge.gate.Judge(ctx, request)
	told := fileReply(&decision, err)
	if err == nil && ctx.Err() == nil { // else it was no answer
		answer.decided, answer.reply = true, told
	}
	return told
}

// replyTo answers for a file that nobody need be asked about.
func replyTo(fate gate.Fate) intercept.FileReply {
	d := fate.Decide()
	return fileReply(&d, nil)
}

func fileReply(d *gate.Decision, err error) intercept.FileReply {
	reply := replyOf(d, err)
	return intercept.FileReply{Allow: reply.Allow, Message: reply.Message}
}

func (f *files) dirOf(pid int) string {
	if dir, err := os.Readlink("/proc/" + strconv.Itoa(pid) + "/cwd"); err == nil {
		return dir
	}
	return f.places.work
}
