package classify

import (
	"testing"
	"time"

	"restrain/shellparse"
)

func FuzzClassify(f *testing.F) {
	for _, rule := range Shipped().Rules {
		for _, line := range rule.Match {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, line string) {
		var step Step
		if took := cpuTime(func() { step = judge(Shipped(), line) }); took > time.Second {
			t.Fatalf("took %v", took)
		}
		if len(step.Actions) == 0 {
			t.Fatal("no action")
		}
		for _, a := range step.Actions {
			if a.Class == "" || a.Severity > step.Severity {
				t.Fatalf("action %+v in a step of severity %v", a, step.Severity)
			}
		}
	})
}

func BenchmarkClassify(b *testing.B) {
	set := Shipped()
	var scripts []*shellparse.Script
	for i := range set.Rules {
		for _, line := range set.Rules[i].NotMatch {
			scripts = append(scripts, shellparse.Parse(line, shellparse.Options{Dir: offline.WorkDir, Home: offline.HomeDir}))
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		set.Classify(scripts[i%len(scripts)], offline)
	}
}
