package trust

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Values worked out by hand, in bits.
func TestDivergenceByHand(t *testing.T) {
	for _, test := range []struct {
		name string
		p, q []float64
		want float64
	}{
		{"equal", []float64{0.5, 0.5}, []float64{0.5, 0.5}, 0},
		{"nothing in common", []float64{1, 0}, []float64{0, 1}, 1},
		// m = (3/4, 1/4): H(m) = 2 - 3/4·log2(3) = 0.811278; H(p) = 0, H(q) = 1.
		{"certain against even", []float64{1, 0}, []float64{0.5, 0.5}, 2 - 0.75*math.Log2(3) - 0.5},
		// m = (1/2, 1/2): H(m) = 1; H(p) = H(q) = 2 - 3/4·log2(3).
		{"mirrored", []float64{0.75, 0.25}, []float64{0.25, 0.75}, 1 - (2 - 0.75*math.Log2(3))},
		// Half of each is in common: m = (1/4, 1/2, 1/4), H(m) = 3/2, H(p) = H(q) = 1.
		{"half in common", []float64{0.5, 0.5, 0}, []float64{0, 0.5, 0.5}, 0.5},
	} {
		if got := Divergence(test.p, test.q); math.Abs(got-test.want) > 1e-12 {
			t.Errorf("%s: got %.15f, want %.15f", test.name, got, test.want)
		}
	}
}

func distribution(n int) *rapid.Generator[[]float64] {
	return rapid.Custom(func(t *rapid.T) []float64 {
		weights := rapid.SliceOfN(rapid.IntRange(0, 1000), n, n).Draw(t, "weights")
		weights[rapid.IntRange(0, n-1).Draw(t, "at least one")]++
		sum := 0
		for _, w := range weights {
			sum += w
		}
		p := make([]float64, n)
		for i, w := range weights {
			p[i] = float64(w) / float64(sum)
		}
		return p
	})
}

func TestDivergenceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "n")
		p, q := distribution(n).Draw(t, "p"), distribution(n).Draw(t, "q")
		d := Divergence(p, q)
		if d < 0 || d > 1 || math.IsNaN(d) {
			t.Fatalf("divergence %v is not within 0 and 1", d)
		}
		if other := Divergence(q, p); math.Abs(d-other) > 1e-12 {
			t.Fatalf("not symmetric: %v and %v", d, other)
		}
		if Divergence(p, p) != 0 {
			t.Fatalf("from itself: %v", Divergence(p, p))
		}
		sum := 0.0
		for i := range p {
			part := term(p[i], q[i])
			if part < 0 {
				t.Fatalf("class %d has a negative part %v", i, part)
			}
			sum += part
		}
		if math.Abs(sum-d) > 1e-12 {
			t.Fatalf("classes sum to %v, divergence is %v", sum, d)
		}
		// The root of the divergence is a metric (Endres and Schindelin 2003).
		r := distribution(n).Draw(t, "r")
		if math.Sqrt(d) > math.Sqrt(Divergence(p, r))+math.Sqrt(Divergence(r, q))+1e-7 {
			t.Fatal("triangle inequality broken")
		}
	})
}

// The mixture's short cut for tokens without weight gives the same figure.
func TestMixtureDivergence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		m := mixture{weights: make([]float64, n), base: distribution(n).Draw(t, "base"), prior: 32}
		keep := 0.95
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			set := []uint16{uint16(rapid.IntRange(0, n-1).Draw(t, "token"))}
			if other := uint16(rapid.IntRange(0, n-1).Draw(t, "token")); other != set[0] {
				set = append(set, other)
			}
			want := m.divergence(keep, set)
			m.record(keep, set)
			p := make([]float64, n)
			for i := range p {
				p[i] = m.share(i)
			}
			if got := Divergence(p, m.base); math.Abs(got-want) > 1e-9 {
				t.Fatalf("direct %v, mixture %v", got, want)
			}
		}
	})
}
