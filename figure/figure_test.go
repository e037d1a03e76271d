package figure

import "testing"

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 20990: "20,990", 1234567: "1,234,567", -999: "-999", -1000: "-1,000"} {
		if got := Count(n); got != want {
			t.Errorf("%d: got %s, want %s", n, got, want)
		}
	}
}

func TestPercentile(t *testing.T) {
	for p, want := range map[float64]string{0: "0", 46.4: "46", 98.9: "99", 99: "99.0", 99.81: "99.8", 99.9: "99.90", 99.984: "99.98", 99.999: "99.99", 100: "99.99"} {
		if got := Percentile(p); got != want {
			t.Errorf("%v: got %s, want %s", p, got, want)
		}
	}
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 10_239: "10,239 B", 10 << 10: "10 kB", 512 << 20: "512 MB", 5 << 40: "5,242,880 MB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
