package trust

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"

	"restrain/classify"
)

// A FitSession is one recorded session to fit a baseline on.
type FitSession struct {
	Repo  string
	Steps []classify.Step
}

// FitOptions are the choices of a fit.
type FitOptions struct {
	Persona string
	// Source and Command go into the file as its provenance.
	Source, Command string
	// Rules give the taxonomy: classes that no session has are counted too.
	Rules Rules
	// Incidents are what the weights of reasons are fitted on, with the sessions;
	// without any they are those that they are thought to be.
	Incidents []FitIncident
	// Model holds the constants; the zero value means DefaultModel.
	Model Model
}

// DefaultModel gives the constants that the measurements in README.md led to.
func DefaultModel() Model {
	return Model{
		Cap:             2000,
		HalfLife:        8,
		Prior:           16,
		Smoothing:       4,
		TransitionPrior: 20,
		TransitionShare: 0.3,
		TokenPrior:      20,
		Weights:         priorWeights,
		Levels:          Levels{Memory: 50, Elevated: 1, Alarmed: 1.5, Unusual: 99.97, Usual: 99.5, Release: 0.7},
	}
}

func (m *Model) valid() bool {
	l := &m.Levels
	return m.Cap > 0 && m.HalfLife > 0 && m.Prior > 0 && m.Smoothing > 0 && m.TransitionPrior > 0 && m.TokenPrior > 0 &&
		0 <= m.TransitionShare && m.TransitionShare <= 1 && l.Memory > 0 && 0 < l.Elevated && l.Elevated <= l.Alarmed && l.Unusual > 0 && 0 < l.Release && l.Release <= 1
}

// Fit fits a baseline. Its calibration is cross-fitted: each repository is
// scored by a baseline that has not seen it, as a user's own project will be.
// The result does not depend on the order of the sessions of different
// repositories.
func Fit(sessions []FitSession, o FitOptions) (*Baseline, error) {
	if o.Model == (Model{}) {
		o.Model = DefaultModel()
	}
	if !o.Model.valid() {
		return nil, errors.New("constants of the model are out of range: use positive ones, elevated at most alarmed, release at most 1")
	}
	repos := byRepository(sessions)
	if len(repos) == 0 {
		return nil, errors.New("there are no steps to fit a baseline on: give sessions that have commands")
	}
	b := count(repos, "", &o)
	var figures [3][]sample // divergence, contribution, surprise
	var steps []Assessment
	var weights []float64
	others := make([]*Baseline, len(repos))
	var drifts []sample
	for i, r := range repos {
		unseen := b
		if len(repos) > 1 {
			unseen = count(repos, r.Name, &o)
		}
		others[i] = unseen
		drifts = append(drifts, r.drifts(vocabulary{known: b.classes})...)
		weight := r.weight(o.Model.Cap)
		for _, session := range r.sessions {
			for _, a := range unseen.walk(session.Steps) {
				figures[0] = append(figures[0], sample{a.Divergence, weight})
				figures[1] = append(figures[1], sample{a.Contribution, weight})
				figures[2] = append(figures[2], sample{a.Surprise, weight})
				steps, weights = append(steps, a), append(weights, weight)
			}
		}
	}
	b.divergence, b.contribution, b.surprise = quantilesOf(figures[0]), quantilesOf(figures[1]), quantilesOf(figures[2])
	scores := figures[0][:0]
	for i := range steps {
		b.calibrate(&steps[i])
		scores = append(scores, sample{steps[i].Score, weights[i]})
	}
	b.score = quantilesOf(scores)
	b.drift = quantilesOf(drifts)
	b.weighings(repos, others, &o)
	b.Model.Weights = b.solve(-1)
	return b, nil
}

// Without leaves out the sessions of a repository, to measure on it what a
// baseline that has not seen it says.
func Without(sessions []FitSession, repo string) []FitSession {
	return slices.DeleteFunc(slices.Clone(sessions), func(s FitSession) bool { return s.Repo == repo })
}

// A repository is the sessions of one project.
type repository struct {
	Repository
	sessions []FitSession
}

// weight is that of each step of the repository.
func (r *repository) weight(limit float64) float64 {
	return min(1, limit/float64(r.Steps))
}

// byRepository sorts sessions that have steps by repository, largest first.
func byRepository(sessions []FitSession) []repository {
	var repos []repository
	at := map[string]int{}
	for _, s := range sessions {
		if len(s.Steps) == 0 {
			continue
		}
		i, ok := at[s.Repo]
		if !ok {
			i = len(repos)
			at[s.Repo] = i
			repos = append(repos, repository{Repository: Repository{Name: s.Repo}})
		}
		r := &repos[i]
		r.sessions = append(r.sessions, s)
		r.Sessions++
		r.Steps += len(s.Steps)
	}
	slices.SortFunc(repos, func(a, b repository) int {
		return cmp.Or(b.Steps-a.Steps, strings.Compare(a.Name, b.Name))
	})
	return repos
}

// count counts classes and transitions in all repositories but one.
func count(repos []repository, without string, o *FitOptions) *Baseline {
	b := &Baseline{
		Persona: o.Persona, Source: o.Source, Command: o.Command,
		Model: o.Model, classes: classesOf(repos, o.Rules.Classes),
	}
	n := len(b.classes)
	b.steps = make([]int, n)
	b.presence = make([]float64, n)
	b.follows = make([]float64, (n+1)*n)
	v := vocabulary{known: b.classes}
	counter := tokenCounter{vocabulary: v, counts: map[uint16]tokenCount{}}
	for i := range repos {
		r := &repos[i]
		if r.Name == without {
			continue
		}
		b.Repositories = append(b.Repositories, r.Repository)
		weight := r.weight(o.Model.Cap)
		b.weight += weight * float64(r.Steps)
		for _, s := range r.sessions {
			b.countSession(&v, s.Steps, weight)
			counter.count(s.Steps, weight)
		}
	}
	for i := range b.presence {
		b.presence[i] = round(b.presence[i])
	}
	for i := range b.follows {
		b.follows[i] = round(b.follows[i])
	}
	b.weight = round(b.weight)
	b.counts = counter.sorted()
	b.smooth()
	return b
}

func (b *Baseline) countSession(v *vocabulary, steps []classify.Step, weight float64) {
	n := len(b.classes)
	var classes stepClasses
	before := []uint8{uint8(b.start())}
	for i := range steps {
		v.read(&steps[i], &classes)
		for _, c := range classes.all() {
			if int(c) == n {
				continue // more classes than a baseline can have
			}
			b.steps[c]++
			b.presence[c] += weight
			for _, from := range before {
				b.follows[int(from)*n+int(c)] += weight / float64(len(before))
			}
		}
		before = before[:0]
		for _, c := range classes.all() {
			if int(c) < n {
				before = append(before, c)
			}
		}
	}
}

// classesOf lists the classes of the taxonomy and of the steps, sorted.
func classesOf(repos []repository, taxonomy []classify.Class) []classify.Class {
	seen := map[classify.Class]bool{}
	classes := slices.Clone(taxonomy)
	for _, c := range taxonomy {
		seen[c] = true
	}
	for i := range repos {
		for _, s := range repos[i].sessions {
			for j := range s.Steps {
				for k := range s.Steps[j].Actions {
					if c := s.Steps[j].Actions[k].Class; !seen[c] {
						seen[c] = true
						classes = append(classes, c)
					}
				}
			}
		}
	}
	slices.Sort(classes)
	classes = slices.Compact(classes)
	return classes[:min(len(classes), maxClasses-1)]
}

// walk assesses the steps of a session in turn, as if all were allowed.
func (b *Baseline) walk(steps []classify.Step) []Assessment {
	s := NewSession(b, Rules{})
	assessments := make([]Assessment, len(steps))
	now := time.Time{} // no sequence is watched, so time does not matter
	for i := range steps {
		assessments[i] = s.Assess(&steps[i], now)
		s.Record(&steps[i], assessments[i], Outcome{}, now)
	}
	return assessments
}
