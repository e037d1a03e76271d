package width

import "testing"

func TestOf(t *testing.T) {
	for r, want := range map[rune]int{
		' ': 1, 'a': 1, 'é': 1, '\u0301': 0, '漢': 2, '한': 2, 'ｱ': 1, 'Ａ': 2, '█': 1, '→': 1, '🚀': 2, '\u2501': 1,
	} {
		if got := Of(r); got != want {
			t.Errorf("Of(%q) = %d, want %d", r, got, want)
		}
	}
}

func TestDisputed(t *testing.T) {
	for _, r := range []rune{'\u00ad', '\u200d', '\ufe0f', '\U0001f1e9', '\U0001f3fd', '\u1160', '\U000e0001'} {
		if !Disputed(r) {
			t.Errorf("%U is not disputed", r)
		}
	}
	for _, r := range []rune{'a', 'é', '\u0301', '漢', '🚀', '█'} {
		if Disputed(r) {
			t.Errorf("%U is disputed", r)
		}
	}
}

func TestTableIsInOrder(t *testing.T) {
	for i, r := range wide {
		if r[0] > r[1] || i > 0 && wide[i-1][1] >= r[0] {
			t.Errorf("wide[%d] %x is out of order", i, r)
		}
	}
}
