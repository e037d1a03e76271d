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
	for n, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1.0 kB", 10_239: "10 kB", 512e6: "512 MB", 999_600: "1.0 MB", 5e12: "5.0 TB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
