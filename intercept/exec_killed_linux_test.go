package intercept

import (
	"flag"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"restrain/internal/slowtest"
)

var killSeed = flag.Uint64("killseed", 0, "seed of the moments at which supervisors are killed; 0 for another one each time")

// When the supervisor dies, what is held and what comes later fails (pitfall
// 11), at whatever moment it dies.
func TestSupervisorKilled(t *testing.T) {
	slowtest.Long(t)
	needExec(t)
	rm := need(t, "rm")
	seed := *killSeed
	if seed == 0 {
		seed = rand.Uint64()
	}
	random := rand.New(rand.NewPCG(seed, 0))
	const times, atOnce = 100, 8
	moments := make(chan time.Duration, times)
	for range times {
		moments <- time.Duration(random.Int64N(int64(60 * time.Millisecond)))
	}
	close(moments)
	var work sync.WaitGroup
	for range atOnce {
		v := victim(t)
		script := "echo up; i=0; while [ $i -lt 60 ]; do " + rm + " -f " + v + "; i=$((i+1)); done 2>/dev/null; echo end"
		argv := helper("supervisor", v, "sh", "-c", script)
		work.Go(func() {
			for after := range moments {
				killAfter(t, after, argv)
				mustExist(t, v, &recorder{})
			}
		})
	}
	work.Wait()
	if t.Failed() {
		t.Logf("once more with -killseed %d", seed)
	}
}

// killAfter kills a supervisor some time after its agent has begun.
func killAfter(t *testing.T, after time.Duration, argv []string) {
	out, in, err := os.Pipe()
	if err != nil {
		t.Error(err)
		return
	}
	defer out.Close()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout = in
	err = cmd.Start()
	in.Close()
	if err != nil {
		t.Error(err)
		return
	}
	if _, err := io.ReadFull(out, make([]byte, len("up\n"))); err != nil {
		t.Errorf("the agent did not start: %v", err)
	}
	time.Sleep(after) // the random moment
	_ = cmd.Process.Kill()
	rest, _ := io.ReadAll(out)
	_ = cmd.Wait()
	if string(rest) != "end\n" {
		t.Errorf("the agent did not go on by itself: %q", rest)
	}
}
