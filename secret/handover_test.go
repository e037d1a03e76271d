package secret

import (
	"slices"
	"testing"
)

func TestHandover(t *testing.T) {
	want := []Value{New("A", "s3cr3t\x00", Origin{"/x/.env", 7}), New("B", "other", Origin{})}
	b := AppendValues([]byte("x"), want)
	got, rest, err := CutValues(append(b[1:], "rest"...))
	if err != nil || !slices.Equal(got, want) || string(rest) != "rest" {
		t.Errorf("%v, %q, %v", got, rest, err)
	}
	for n := range len(b) - 1 {
		if _, _, err := CutValues(b[1 : 1+n]); err == nil {
			t.Errorf("%d of %d bytes are taken for whole", n, len(b)-1)
		}
	}
}
