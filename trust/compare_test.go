package trust

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"restrain/classify"
	"restrain/shellparse"
)

// A recorded session or incident, as README.md describes the files.
type recording struct {
	ID, Session, Repo string
	Commands          []string
	Destructive       int `json:"destructive_index"`

	steps []classify.Step
}

// readRecordings reads and classifies a file of RESTRAIN_DATA.
func readRecordings(t *testing.T, name string) []recording {
	dir := os.Getenv("RESTRAIN_DATA")
	if dir == "" {
		t.Skip("needs recorded sessions, which are not in the tree: set RESTRAIN_DATA to their directory")
	}
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var recordings []recording
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var r recording
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Commands {
			s := classify.Shipped().Classify(shellparse.Parse(c, shellparse.Options{}), classify.Offline{})
			s.Script = nil
			r.steps = append(r.steps, s)
		}
		recordings = append(recordings, r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return recordings
}

// An alternative is one way of giving steps a score.
type alternative struct {
	name  string
	score func(b *Baseline, steps []classify.Step, figures []Assessment) []float64
}

func each(f func(a *Assessment) float64) func(*Baseline, []classify.Step, []Assessment) []float64 {
	return func(_ *Baseline, _ []classify.Step, figures []Assessment) []float64 {
		scores := make([]float64, len(figures))
		for i := range figures {
			scores[i] = f(&figures[i])
		}
		return scores
	}
}

// classRarity is -log2 of the share of the rarest class of each step.
func classRarity(b *Baseline, steps []classify.Step, _ []Assessment) []float64 {
	scores := make([]float64, len(steps))
	for i := range steps {
		for _, a := range steps[i].Actions {
			scores[i] = max(scores[i], -math.Log2(b.Frequency(a.Class)))
		}
	}
	return scores
}

// cusum is the one-sided cumulative sum (Page 1954) of the rarity over a drift.
func cusum(drift float64) func(*Baseline, []classify.Step, []Assessment) []float64 {
	return func(b *Baseline, steps []classify.Step, figures []Assessment) []float64 {
		scores := classRarity(b, steps, figures)
		sum := 0.0
		for i := range scores {
			sum = max(0, sum+scores[i]-drift)
			scores[i] = sum
		}
		return scores
	}
}

// transitions is -log2 of the probability of the least likely class of each
// step, given the classes of the step before.
func transitions(b *Baseline, steps []classify.Step, _ []Assessment) []float64 {
	scores := make([]float64, len(steps))
	s := NewSession(b, Rules{})
	for i := range steps {
		classes := s.tokenize(&steps[i])
		for _, c := range classes.all() {
			scores[i] = max(scores[i], -math.Log2(s.transition(b.Frequency(s.vocabulary.name(int(c))), int(c))))
		}
		s.Record(&steps[i], Assessment{}, Outcome{}, testStart)
	}
	return scores
}

// chosenAlternative is the place of the score that sessions use.
const chosenAlternative = 8

func alternatives() []alternative {
	c := func(a *Assessment) float64 { return rarity(a.ContributionPercentile) }
	s := func(a *Assessment) float64 { return rarity(a.SurprisePercentile) }
	d := func(a *Assessment) float64 { return rarity(a.DivergencePercentile) }
	return []alternative{
		{"windowed divergence", each(func(a *Assessment) float64 { return a.Divergence })},
		{"contribution", each(func(a *Assessment) float64 { return a.Contribution })},
		{"transition", transitions},
		{"rarity of the class, no memory", classRarity},
		{"CUSUM of the rarity, drift 6 bits", cusum(6)},
		{"CUSUM of the rarity, drift 8 bits", cusum(8)},
		{"surprise (transition and session)", each(func(a *Assessment) float64 { return a.Surprise })},
		{"greater percentile of contribution, surprise", each(func(a *Assessment) float64 { return max(a.ContributionPercentile, a.SurprisePercentile) })},
		chosenAlternative: {"Fisher: contribution, surprise (chosen)", each(combine)},
		{"Fisher: contribution/2, surprise", each(func(a *Assessment) float64 { return c(a)/2 + s(a) })},
		{"Fisher: all three", each(func(a *Assessment) float64 { return c(a) + s(a) + d(a) })},
	}
}

// leadIns are beginnings of ordinary sessions to put before an incident: what
// counts in the field is the step at the end of a working day.
func leadIns(sessions []recording, n, steps int) [][]classify.Step {
	var long [][]classify.Step
	for i := range sessions {
		if len(sessions[i].steps) >= steps {
			long = append(long, sessions[i].steps[:steps])
		}
	}
	var chosen [][]classify.Step
	for i := range n {
		chosen = append(chosen, long[i*len(long)/n])
	}
	return chosen
}

// placings are the scores that one alternative gives.
type placings struct {
	benign      []sample // every ordinary step
	short, long []sample // destructive steps, without and with a lead-in
	below       []float64
}

// TestCompareScores prints the table of README.md. Every ordinary step is
// scored by a baseline that has not seen its repository.
func TestCompareScores(t *testing.T) {
	sessions, incidents := readRecordings(t, "sessions.jsonl"), readRecordings(t, "incidents.jsonl")
	var fit []FitSession
	for i := range sessions {
		fit = append(fit, FitSession{sessions[i].Repo, sessions[i].steps})
	}
	models := []Model{DefaultModel()}
	if os.Getenv("RESTRAIN_SWEEP") != "" {
		models = sweep()
	}
	before := leadIns(sessions, 24, 60)
	for _, model := range models {
		o := FitOptions{Rules: RulesOf(classify.Shipped()), Model: model}
		b, err := Fit(fit, o)
		if err != nil {
			t.Fatal(err)
		}
		results := compareUnder(b, fit, o, incidents, before)
		if model != DefaultModel() {
			continue
		}
		plot(results)
		// The choice stands as long as it is better than its parts.
		chosen := &results[chosenAlternative]
		for n := range chosenAlternative {
			if part := &results[n]; chosen.auc(chosen.long) < part.auc(part.long) || chosen.auc(chosen.short) < part.auc(part.short) {
				t.Errorf("%s separates better than what was chosen", alternatives()[n].name)
			}
		}
	}
}

func sweep() (models []Model) {
	for _, halfLife := range []float64{4, 8, 16, 32, 64} {
		for _, prior := range []float64{8, 16, 32, 64, 128} {
			m := DefaultModel()
			m.HalfLife, m.Prior = halfLife, prior
			models = append(models, m)
		}
	}
	return models
}

func compareUnder(b *Baseline, fit []FitSession, o FitOptions, incidents []recording, before [][]classify.Step) []placings {
	list := alternatives()
	results := make([]placings, len(list))
	repos := byRepository(fit)
	for _, r := range repos {
		unseen := count(repos, r.Name, &o)
		for _, s := range r.sessions {
			figures := unseen.walk(s.Steps)
			for i := range figures {
				b.calibrate(&figures[i])
			}
			for n, alternative := range list {
				for _, score := range alternative.score(unseen, s.Steps, figures) {
					results[n].benign = append(results[n].benign, sample{score, r.weight(o.Model.Cap)})
				}
			}
		}
	}
	for i := range incidents {
		in := &incidents[i]
		for k, lead := range append([][]classify.Step{nil}, before...) {
			steps := slices.Concat(lead, in.steps[:in.Destructive+1])
			figures := b.walk(steps)
			for n, alternative := range list {
				scores := alternative.score(b, steps, figures)
				s := sample{scores[len(scores)-1], 1}
				if k == 0 {
					results[n].short = append(results[n].short, s)
				} else {
					results[n].long = append(results[n].long, s)
				}
			}
		}
	}
	m := &o.Model
	fmt.Printf("half-life %g, prior %g, cap %g\n", m.HalfLife, m.Prior, m.Cap)
	fmt.Printf("  %-44s  AUC    median  tenth  held  | AUC    median  tenth  held\n", "")
	for n, alternative := range list {
		r := &results[n]
		r.rank()
		fmt.Printf("  %-44s %s| %s\n", alternative.name, r.place(r.short), r.place(r.long))
	}
	return results
}

// falseAlarms are shares of ordinary steps above a threshold.
var falseAlarms = [...]float64{0.001, 0.003, 0.01, 0.03, 0.1, 0.3}

// place describes where the positives lie: area under the ROC curve, median and
// lowest tenth of their percentiles, and the curve itself at falseAlarms.
func (r *placings) place(positives []sample) string {
	percentiles := r.percentiles(positives)
	var curve strings.Builder
	for _, rate := range falseAlarms {
		curve.WriteRune([]rune(" ▁▂▃▄▅▆▇█")[int(8*held(percentiles, rate))])
	}
	return fmt.Sprintf("%.4f %6.2f %6.2f  %s", r.auc(positives), percentiles[len(percentiles)/2], percentiles[len(percentiles)/10], &curve)
}

// plot draws the ROC curves of three alternatives after a lead-in: destructive
// steps held, upwards, by ordinary steps above the threshold, on a log scale.
func plot(results []placings) {
	const rows, columns, decades = 10, 60, 3
	var cells [rows + 1][columns + 1]rune
	for i := range cells {
		for j := range cells[i] {
			cells[i][j] = ' '
		}
	}
	for _, curve := range []struct {
		alternative int
		mark        rune
	}{{0, '·'}, {1, '○'}, {chosenAlternative, '●'}} {
		r := &results[curve.alternative]
		percentiles := r.percentiles(r.long)
		for j := range columns + 1 {
			rate := math.Pow(10, float64(j-columns)*decades/columns)
			cells[rows-int(math.Round(rows*held(percentiles, rate)))][j] = curve.mark
		}
	}
	for i := range cells {
		fmt.Printf("  %3d%% │%s\n", 100-100*i/rows, strings.TrimRight(string(cells[i][:]), " "))
	}
	fmt.Printf("       └%s\n        0.1%%%17s%20s%20s\n", strings.Repeat("─", columns+1), "1%", "10%", "100%")
}

// held is the share of percentiles above all but rate of the ordinary steps.
func held(percentiles []float64, rate float64) float64 {
	n := 0
	for _, p := range percentiles {
		if p >= 100*(1-rate) {
			n++
		}
	}
	return float64(n) / float64(len(percentiles))
}

// rank sorts the ordinary steps and adds up their weights.
func (r *placings) rank() {
	slices.SortFunc(r.benign, func(a, b sample) int { return cmp.Compare(a.value, b.value) })
	r.below = make([]float64, len(r.benign)+1)
	for i, s := range r.benign {
		r.below[i+1] = r.below[i] + s.weight
	}
}

// share is the weighted share of ordinary steps below v, ties included or not.
func (r *placings) share(v float64, ties bool) float64 {
	i, _ := slices.BinarySearchFunc(r.benign, v, func(s sample, v float64) int {
		if s.value < v || ties && s.value == v {
			return -1
		}
		return 1
	})
	return r.below[i] / r.below[len(r.benign)]
}

func (r *placings) auc(positives []sample) float64 {
	area := 0.0
	for _, p := range positives {
		area += (r.share(p.value, false) + r.share(p.value, true)) / 2
	}
	return area / float64(len(positives))
}

// percentiles are those of the positives among the ordinary steps, sorted.
func (r *placings) percentiles(positives []sample) []float64 {
	var percentiles []float64
	for _, p := range positives {
		percentiles = append(percentiles, 100*r.share(p.value, false))
	}
	slices.Sort(percentiles)
	return percentiles
}
