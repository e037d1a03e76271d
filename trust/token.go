package trust

import (
	"cmp"
	"slices"

	"restrain/classify"
)

// A token is what the model counts: a class of action with its facets, which
// are whose thing it acts on, with which credential, and after what. That a
// human asked for a step is no facet, for it makes no step rarer; it is a
// reason, see weigh.go.

// facets number the facets of an action.
type facets uint8

// A credential says where the credential of a command comes from.
type credential uint8

const (
	noCredential    credential = iota
	givenCredential            // the command has one
	foundCredential            // and the session has searched for or read one before
	credentials
)

// A circumstance says what came before an action.
type circumstance uint8

const (
	plain        circumstance = iota
	afterFailure              // the same kind of thing has just failed
	afterDenial               // a human has said no to the same kind of thing
	circumstances
)

const (
	owners     = int(classify.OwnerProduction) + 1
	facetKinds = owners * int(credentials) * int(circumstances)
)

var (
	credentialNames   = [credentials]string{"none", "given", "found"}
	circumstanceNames = [circumstances]string{"plain", "failure", "denial"}
)

func facetsOf(w classify.Owner, c credential, e circumstance) facets {
	return facets((int(w)*int(credentials)+int(c))*int(circumstances) + int(e))
}

func (f facets) parts() (w classify.Owner, c credential, e circumstance) {
	rest := int(f) / int(circumstances)
	return classify.Owner(rest / int(credentials)), credential(rest % int(credentials)), circumstance(int(f) % int(circumstances))
}

// A tokenCount is how often ordinary steps have a token.
type tokenCount struct {
	class  uint8
	facets facets
	steps  int     // of the source
	weight float64 // of them
}

// rest stands in tokens.numbers for what the baseline has not seen.
const rest = ^uint16(0)

// tokens are the shares of a baseline's tokens in their classes. Each class has
// one more, the last of all, for what was not seen of it.
type tokens struct {
	share   []float64 // by token
	rest    []float64 // by class
	numbers []uint16  // by class and facets
}

// leastRest is the least part of the prior that what was not seen gets.
const leastRest = 0.02

// tokensOf works out the shares in n classes, smoothed from the shares of the
// facets in all classes, which weigh prior steps.
func tokensOf(counts []tokenCount, n int, prior float64) tokens {
	t := tokens{share: make([]float64, len(counts)), rest: make([]float64, n), numbers: make([]uint16, n*facetKinds)}
	var all [facetKinds]float64
	sums := make([]float64, n) // of a class
	seen := make([]float64, n) // the part of all that a class has seen
	total := 0.0
	for i := range t.numbers {
		t.numbers[i] = rest
	}
	for i := range counts {
		c := &counts[i]
		all[c.facets] += c.weight
		sums[c.class] += c.weight
		total += c.weight
		t.numbers[int(c.class)*facetKinds+int(c.facets)] = uint16(i)
	}
	for i := range counts {
		seen[counts[i].class] += all[counts[i].facets] / total
	}
	for i := range n {
		t.rest[i] = prior * max(1-seen[i], leastRest)
		sums[i] += prior*min(seen[i], 1) + t.rest[i]
		t.rest[i] /= sums[i]
	}
	for i := range counts {
		c := &counts[i]
		t.share[i] = (c.weight + prior*all[c.facets]/total) / sums[c.class]
	}
	return t
}

// number is the token of a class with facets, for a session that has n classes.
func (t *tokens) number(class int, f facets) uint16 {
	if class < len(t.rest) {
		if i := t.numbers[class*facetKinds+int(f)]; i != rest {
			return i
		}
	}
	return uint16(len(t.share) + class)
}

// shares gives the share of each token, where classes have theirs.
func (b *Baseline) tokenShares(classes []float64) []float64 {
	t := &b.tokens
	shares := make([]float64, len(t.share)+len(classes))
	for i := range t.share {
		shares[i] = classes[b.counts[i].class] * t.share[i]
	}
	for i := range classes {
		part := 1.0
		if i < len(t.rest) {
			part = t.rest[i]
		}
		shares[len(t.share)+i] = classes[i] * part
	}
	return shares
}

// within is the share of a token in its class.
func (b *Baseline) within(token, class int) float64 {
	switch t := &b.tokens; {
	case token < len(t.share):
		return t.share[token]
	case class < len(t.rest):
		return t.rest[class]
	}
	return 1
}

func (c tokenCount) compare(d tokenCount) int {
	return cmp.Or(cmp.Compare(c.class, d.class), cmp.Compare(c.facets, d.facets))
}

// A tokenCounter counts the tokens of sessions; of a step each token once.
type tokenCounter struct {
	vocabulary vocabulary
	counts     map[uint16]tokenCount
}

func (t *tokenCounter) count(steps []classify.Step, weight float64) {
	var m memory
	var classes stepClasses
	domains := t.vocabulary.domains()
	for i := range steps {
		step := &steps[i]
		t.vocabulary.read(step, &classes)
		seen := make([]uint16, 0, len(step.Actions))
		for j := range step.Actions {
			a := &step.Actions[j]
			class := t.vocabulary.number(a.Class)
			f := facetsOf(a.Owner, m.credential(step, a), m.circumstance(domains[class], i+1))
			key := uint16(class*facetKinds + int(f))
			if class == t.vocabulary.other() || slices.Contains(seen, key) {
				continue
			}
			seen = append(seen, key)
			c := t.counts[key]
			t.counts[key] = tokenCount{uint8(class), f, c.steps + 1, c.weight + weight}
		}
		m.remember(step, &classes, &domains, i+1, Outcome{})
	}
}

func (t *tokenCounter) sorted() []tokenCount {
	list := make([]tokenCount, 0, len(t.counts))
	for _, c := range t.counts {
		c.weight = round(c.weight)
		list = append(list, c)
	}
	slices.SortFunc(list, tokenCount.compare)
	return list
}
