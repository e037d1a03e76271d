package trust

import (
	"fmt"
	"strings"
	"time"

	"restrain/classify"
	"restrain/figure"
)

// unusual is the percentile from which a figure is worth a sentence.
const unusual = 99

// Explain says in words what stands out about a step that Assess has just
// assessed, strongest first.
func (s *Session) Explain(step *classify.Step, a Assessment, now time.Time) []string {
	var reasons []string
	say := func(format string, args ...any) { reasons = append(reasons, fmt.Sprintf(format, args...)) }

	classes := s.tokenize(step)
	if classes.n == 0 {
		return nil
	}
	var path [maxStages]SequenceStage
	if a.Sequence != "" {
		say("completes %s: %s", a.Sequence, s.pathText(a.Path()))
	} else if best := s.underWay(step, classes, now); best.pattern != nil {
		say("%d of %d stages of %s: %s", best.reached, len(best.pattern.stages), best.pattern.ID, s.pathText(path[:s.path(&best, &path)]))
	}
	for _, c := range classes.all() {
		if s.risk.has(int(c)) {
			say("%s", s.howOften(int(c)))
		}
	}
	most := s.mostUnusual(classes)
	if a.ContributionPercentile >= unusual {
		if !s.risk.has(most) {
			say("%s", s.howOften(most))
		}
		say("adds %.3f bits of divergence, above %s of %s steps", a.Contribution, percent(a.ContributionPercentile), figure.Count(a.Baseline))
	}
	if a.SurprisePercentile >= unusual {
		say("%s after %s: %.1f bits of surprise, above %s of %s steps", s.vocabulary.name(most), s.before(), a.Surprise, percent(a.SurprisePercentile), figure.Count(a.Baseline))
	}
	if a.DivergencePercentile >= unusual {
		say("divergence %.2f bits, above %s of %s steps", a.Divergence, percent(a.DivergencePercentile), figure.Count(a.Baseline))
	}
	if a.Level > Calm {
		say("the session is %s", a.Level)
	}
	return reasons
}

// underWay is the sequence that a step would bring furthest without completing
// it.
func (s *Session) underWay(step *classify.Step, classes *stepClasses, now time.Time) completion {
	var best completion
	copy(s.scratch.progress, s.progress)
	h := happening{mark: mark{step: s.steps + 1, at: now.UnixNano(), aim: aimOf(step)}}
	s.advance(s.scratch.progress, classes, h, &best)
	return best
}

// howOften says how often the session has a class, the step included, and how
// often ordinary ones do.
func (s *Session) howOften(class int) string {
	n := 1
	for i := range min(s.steps, recentSteps-1) {
		if s.recent[(s.steps-i)%recentSteps].has(class) {
			n++
		}
	}
	here := fmt.Sprintf("%s in %d of the last %d steps", s.vocabulary.name(class), n, min(s.steps+1, recentSteps))
	if s.steps == 0 {
		here = fmt.Sprintf("%s in the first step", s.vocabulary.name(class))
	}
	share := s.baseline.perStep(class)
	if share*float64(s.baseline.Steps()) < 1 {
		return here + fmt.Sprintf("; in none of %s ordinary steps", figure.Count(s.baseline.Steps()))
	}
	return here + fmt.Sprintf("; in 1 of %s ordinary steps", figure.Count(int(1/share+0.5)))
}

// mostUnusual is the class of a step that contributes most.
func (s *Session) mostUnusual(classes *stepClasses) int {
	most, contribution := 0, -1.0
	for i, c := range classes.all() {
		if d := s.window.divergence(s.windowKeep, classes.tokens[i:i+1]); d > contribution {
			most, contribution = int(c), d
		}
	}
	return most
}

// before names what the latest step did.
func (s *Session) before() string {
	if s.steps == 0 {
		return "the start of the session"
	}
	var names []string
	latest := &s.recent[s.steps%recentSteps]
	for i := range s.vocabulary.size() {
		if latest.has(i) {
			names = append(names, string(s.vocabulary.name(i)))
		}
	}
	return strings.Join(names, ", ")
}

// pathText names the stages that the step just assessed brings a sequence to. The
// last is the step's own, and so may others be.
func (s *Session) pathText(path []SequenceStage) string {
	var b strings.Builder
	for i, stage := range path {
		if i > 0 {
			b.WriteString(" → ")
		}
		b.WriteString(stage.Class)
		if i == len(path)-1 {
			break
		}
		if stage.Step > s.steps {
			b.WriteString(" (this step)")
		} else {
			fmt.Fprintf(&b, " (step %d)", stage.Step)
		}
	}
	return b.String()
}

// percent writes a percentile without promising more than it says: 99.98 is
// never rounded up to 100.
func percent(p float64) string {
	if p >= 100 {
		return "all"
	}
	return fmt.Sprintf("%.4g%%", float64(int(p*100))/100)
}
