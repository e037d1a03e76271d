package trust

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"restrain/classify"
	"restrain/internal/slowtest"
)

func fitSessions() []FitSession {
	var sessions []FitSession
	for repo := range 3 {
		for n := range 4 + repo {
			s := FitSession{Repo: fmt.Sprintf("owner/project-%d", repo)}
			for i := range 30 {
				s.Steps = append(s.Steps, *step(ordinaryWork[(i*i+n+repo)%len(ordinaryWork)]...))
			}
			sessions = append(sessions, s)
		}
	}
	return sessions
}

func TestFitEncodesTheSameBytes(t *testing.T) {
	options := FitOptions{Persona: "coding", Source: "written for a test", Command: "go test", Rules: testRules()}
	sessions := fitSessions()
	b, err := Fit(sessions, options)
	if err != nil {
		t.Fatal(err)
	}
	text := b.Encode()
	// In a repository they are in time.
	slices.SortStableFunc(sessions, func(a, b FitSession) int { return strings.Compare(b.Repo, a.Repo) })
	again, err := Fit(sessions, options)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, again.Encode()) {
		t.Error("another order of sessions gives other bytes")
	}
	parsed, err := ParseBaseline(text)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(text, parsed.Encode()) {
		t.Error("read and written again, the bytes differ")
	}
	// A fitted and a parsed baseline say the same.
	x, y := NewSession(b, testRules()), NewSession(parsed, testRules())
	for i := range 20 {
		a, b := do(x, Outcome{}, ordinaryWork[i%8]...), do(y, Outcome{}, ordinaryWork[i%8]...)
		if a.Score != b.Score || a.Percentile != b.Percentile {
			t.Fatalf("step %d: fitted %v, parsed %v", i, a, b)
		}
	}
	if parsed.Steps() != 450 || parsed.Sessions() != 15 || len(parsed.Repositories) != 3 {
		t.Errorf("%d steps, %d sessions, %d repositories", parsed.Steps(), parsed.Sessions(), len(parsed.Repositories))
	}
}

// A repository over the cap counts as the cap.
func TestFitCapsRepositories(t *testing.T) {
	var sessions []FitSession
	add := func(repo, class string, n int) {
		for range n {
			sessions = append(sessions, FitSession{Repo: repo, Steps: []classify.Step{*step(class)}})
		}
	}
	add("large", "build", 1000)
	add("small", "test", 100)
	o := FitOptions{Rules: testRules(), Model: DefaultModel()}
	o.Model.Cap, o.Model.Smoothing = 100, 1e-6
	b, err := Fit(sessions, o)
	if err != nil {
		t.Fatal(err)
	}
	if x, y := b.Frequency("build"), b.Frequency("test"); x < 0.499 || x > 0.501 || y < 0.499 || y > 0.501 {
		t.Errorf("shares %v and %v, want a half each", x, y)
	}
}

func TestFitErrors(t *testing.T) {
	if _, err := Fit(nil, FitOptions{}); err == nil {
		t.Error("no sessions: no error")
	}
	model := DefaultModel()
	model.HalfLife = -1
	if _, err := Fit(fitSessions(), FitOptions{Model: model}); err == nil {
		t.Error("a negative half-life: no error")
	}
}

func TestParseBaselineErrors(t *testing.T) {
	good := string(Shipped().Encode())
	line := func(prefix string) string {
		i := strings.Index(good, "\n"+prefix) + 1
		return good[i : i+strings.IndexByte(good[i:], '\n')+1]
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", "", "no classes"},
		{"another file", "hello\n", `line 1: is not "restrain baseline 2"`},
		{"unknown record", good + "colour red\n", `unknown record "colour"`},
		{"not a number", strings.Replace(good, line("weight "), "weight many\n", 1), "weight: a whole number is expected"},
		{"huge number", strings.Replace(good, line("weight "), "weight 99999999999999999999999999\n", 1), "weight: a whole number is expected"},
		{"missing constant", strings.Replace(good, line("model prior"), "", 1), "constants of the model"},
		{"constant out of range", strings.Replace(good, line("model prior"), "model prior 0\n", 1), "constants of the model"},
		{"unknown constant", strings.Replace(good, line("model prior"), "model colour 5\n", 1), `unknown constant "colour"`},
		{"class twice", strings.Replace(good, line("class file.read"), strings.Repeat(line("class file.read"), 2), 1), "out of order"},
		{"class missing", strings.Replace(good, line("class unknown"), "", 1), "a facet or a class is not known"},
		{"token twice", strings.Replace(good, line("token 0 "), strings.Repeat(line("token 0 "), 2), 1), "out of order"},
		{"unknown facet", strings.Replace(good, line("token 0 "), "token 0 mine none plain 1 1\n", 1), "not known"},
		{"unknown reason", good + "weigh mood 1\n", `unknown reason "mood"`},
		{"reason missing", strings.Replace(good, line("weigh unusual"), "", 1), "weights are missing"},
		{"row missing", strings.Replace(good, line("after start"), "", 1), "transitions are missing"},
		{"score missing", strings.Replace(good, line("quantiles score"), "", 1), "quantiles are missing"},
		{"values fall", strings.Replace(good, "quantiles score ", "quantiles score 999999999 ", 1), "values fall"},
		{"too large", good + strings.Repeat("#\n", maxBaseline), "more than"},
	} {
		_, err := ParseBaseline([]byte(test.text))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
}

func FuzzParseBaseline(f *testing.F) {
	f.Add(codingBaseline)
	f.Fuzz(func(t *testing.T, text []byte) { useBaseline(t, text) })
}

// useBaseline parses a baseline and assesses a step by it; ok is false when it
// was refused.
func useBaseline(t *testing.T, text []byte) (ok bool) {
	b, err := ParseBaseline(text)
	if err != nil {
		return false
	}
	a := do(NewSession(b, testRules()), Outcome{}, "file.read")
	if !(a.Divergence >= 0 && a.Divergence <= 1) || !(a.Percentile >= 0 && a.Percentile <= 100) {
		t.Fatalf("unusable: %+v", a)
	}
	return true
}

func TestMutatedBaseline(t *testing.T) {
	slowtest.Alone(t)
	r := rand.New(rand.NewPCG(1, 2))
	refused := 0
	for range 3000 {
		if !useBaseline(t, mutate(codingBaseline, r)) {
			refused++
		}
	}
	if refused == 0 || refused == 3000 {
		t.Errorf("%d of 3000 were refused", refused)
	}
}

func TestPercentile(t *testing.T) {
	samples := make([]sample, 0, 10000)
	for i := range 10000 {
		samples = append(samples, sample{float64(i), 1})
	}
	q := quantilesOf(samples)
	for _, test := range []struct{ value, want float64 }{
		{-1, 0}, {0, 0}, {500, 5}, {5000, 50}, {9900, 99}, {9990, 99.9}, {9998, 99.98}, {1e6, 100},
	} {
		if got := q.percentile(test.value); got < test.want-0.011 || got > test.want+0.011 {
			t.Errorf("%v is at %v, want %v", test.value, got, test.want)
		}
	}
	// Of a value that many have, only those below count.
	ties := quantilesOf([]sample{{1, 50}, {2, 49}, {3, 1}})
	if got := ties.percentile(2); got > 51 {
		t.Errorf("a tie is at %v", got)
	}
	last := -1.0
	for v := -1.0; v < 10001; v += 0.7 {
		if p := q.percentile(v); p < last {
			t.Fatalf("falls from %v to %v at %v", last, p, v)
		} else {
			last = p
		}
	}
}

// The shipped file is one that Fit wrote, and says where it is from.
func TestShippedBaseline(t *testing.T) {
	b := Shipped()
	if !bytes.Equal(b.Encode(), codingBaseline) {
		t.Error("read and written again, the file differs")
	}
	if b.Persona != "coding" || b.Source == "" || b.Command == "" || len(b.Repositories) < 2 || b.Steps() < 1000 {
		t.Errorf("persona %q, source %q, command %q, %d repositories, %d steps", b.Persona, b.Source, b.Command, len(b.Repositories), b.Steps())
	}
	taxonomy := RulesOf(classify.Shipped()).Classes
	for _, c := range taxonomy {
		if !slices.Contains(b.Classes(), c) {
			t.Errorf("the rules have class %s, the baseline does not: fit it again", c)
		}
	}
}

func BenchmarkAssess(b *testing.B) {
	for _, steps := range []int{10, 1_000_000} {
		b.Run(fmt.Sprintf("step %d", steps), func(b *testing.B) {
			s := NewSession(Shipped(), RulesOf(classify.Shipped()))
			lines := []*classify.Step{step("file.read"), step("shell", "test", "file.read"), step("git.read"), step("file.search", "file.read")}
			for i := range steps {
				s.Record(lines[i%4], Assessment{}, Outcome{}, testStart)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				line := lines[i%4]
				s.Record(line, s.Assess(line, testStart), Outcome{}, testStart)
			}
		})
	}
}

func BenchmarkAssessRisk(b *testing.B) {
	s := NewSession(Shipped(), RulesOf(classify.Shipped()))
	work(s, 100)
	do(s, Outcome{}, "credential.search/low")
	line := step("shell", "credential.read/medium", "credential.use/low", "http.write")
	b.ReportAllocs()
	for b.Loop() {
		s.Assess(line, testStart.Add(time.Hour))
	}
}

func BenchmarkParseBaseline(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseBaseline(codingBaseline); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRestoreState(b *testing.B) {
	state := fullSession().AppendState(nil)
	rules := RulesOf(classify.Shipped())
	b.ReportAllocs()
	b.SetBytes(int64(len(state)))
	for b.Loop() {
		s := NewSession(Shipped(), rules)
		if err := s.RestoreState(state); err != nil {
			b.Fatal(err)
		}
	}
}
