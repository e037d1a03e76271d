package proxy

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"testing/synctest"
)

// A large body comes whole and in order, whatever is asked for at a time, and so
// does what ends it.
func TestReadAhead(t *testing.T) {
	text := make([]byte, 3*aheadSize+aheadAfter+17)
	_, _ = rand.NewChaCha8([32]byte{}).Read(text)
	broken := errors.New("broken")
	for _, end := range []error{io.EOF, broken} {
		for _, piece := range []int{1 << 10, 7001, aheadSize, 2 * aheadSize} {
			a := readAhead(io.NopCloser(io.MultiReader(bytes.NewReader(text), iotest.ErrReader(end))))
			got := sha256.New()
			n, err := io.CopyBuffer(got, struct{ io.Reader }{a}, make([]byte, piece))
			if end == io.EOF && err != nil || end != io.EOF && !errors.Is(err, end) {
				t.Errorf("%d at a time ends with %v, not %v", piece, err, end)
			}
			if want := sha256.Sum256(text); n != int64(len(text)) || !bytes.Equal(got.Sum(nil), want[:]) {
				t.Errorf("%d at a time: %d bytes of %d, or others", piece, n, len(text))
			}
			if a.Close() != nil {
				t.Error("it cannot be closed")
			}
		}
	}
}

// An endless body is read ahead so far and no further, and no more once it is closed.
func TestReadAheadEnds(t *testing.T) { synctest.Test(t, readAheadEnds) } // nothing goes on

func readAheadEnds(t *testing.T) {
	body := &endless{closed: make(chan struct{})}
	a := readAhead(body)
	piece := make([]byte, aheadAfter)
	for range 2 {
		if _, err := io.ReadFull(a, piece); err != nil {
			t.Fatal(err)
		}
	}
	a.mu.Lock()
	for a.to-a.from < aheadSize {
		a.moved.Wait()
	}
	a.mu.Unlock()
	a.Close()
	<-body.closed
	if body.given > int64(2*aheadAfter+aheadSize) {
		t.Errorf("%d bytes were read ahead", body.given-2*aheadAfter)
	}
}

type endless struct {
	given  int64
	closed chan struct{}
}

func (e *endless) Read(p []byte) (int, error) {
	e.given += int64(len(p))
	return len(p), nil
}

func (e *endless) Close() error {
	close(e.closed)
	return nil
}
