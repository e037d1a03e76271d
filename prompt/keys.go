package prompt

import (
	"bytes"
	"context"
	"errors"
	"os"
	"time"
	"unicode/utf8"
)

// A key is what a person pressed.
type key struct {
	kind keyKind
	char rune // of a typed character
}

type keyKind uint8

const (
	keyOther keyKind = iota // function keys, mouse: nothing to us
	keyChar
	keyEnter
	keyEscape
	keyInterrupt // Ctrl-C
	keyEOF       // Ctrl-D
	keyBackspace
	keyClear // Ctrl-U
	keyUp
	keyDown
)

const (
	// escapeDelay is how long the rest of an escape sequence may take; a lone
	// ESC is the Escape key.
	escapeDelay = 50 * time.Millisecond
	// aloneTime is how long nothing may follow a key that acts at once: longer
	// than between the keys of somebody who types words.
	aloneTime = 250 * time.Millisecond
	// maxSequence bounds the bytes of an escape sequence.
	maxSequence = 32
)

// keys turns the bytes of a terminal into keys.
type keys struct {
	ctx  context.Context
	term Terminal
	// deaf is when bytes begin to count: what arrives before was typed, pasted
	// or sent before anybody can have read the question.
	deaf    time.Time
	buf     [256]byte
	pending []byte
	pasting bool // inside a bracketed paste, which does not answer
}

// errNoKey says that a read brought no byte: the terminal has another size.
var errNoKey = errors.New("no key")

// next waits for a key until the deadline; zero waits for ever. A terminal of
// another size gives keyOther.
func (k *keys) next(deadline time.Time) (key, error) {
	for {
		b, err := k.byte(deadline)
		if errors.Is(err, errNoKey) {
			return key{}, nil
		}
		if err != nil {
			return key{}, err
		}
		pressed, err := k.key(b)
		if err != nil {
			return key{}, err
		}
		if !k.pasting || pressed.kind == keyInterrupt || pressed.kind == keyEOF {
			return pressed, nil
		}
	}
}

func (k *keys) byte(deadline time.Time) (byte, error) {
	for len(k.pending) == 0 {
		n, err := k.term.ReadKeys(k.ctx, k.buf[:], deadline)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			return 0, errNoKey
		}
		if !k.term.Now().Before(k.deaf) {
			k.pending = k.buf[:n]
		}
	}
	b := k.pending[0]
	k.pending = k.pending[1:]
	return b, nil
}

// soon is byte for one that belongs to what was read before; ok is false when
// none comes.
func (k *keys) soon() (b byte, ok bool, err error) {
	deadline := k.term.Now().Add(escapeDelay)
	for b, err = k.byte(deadline); errors.Is(err, errNoKey); {
		b, err = k.byte(deadline)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return 0, false, nil
	}
	return b, err == nil, err
}

// endsInput reports that nothing is typed right behind the last key. What comes in
// a burst was meant for the agent, or is part of a word.
func (k *keys) endsInput() (bool, error) {
	if len(k.pending) > 0 {
		return false, nil
	}
	deadline := k.term.Now().Add(aloneTime)
	b, err := k.byte(deadline)
	for errors.Is(err, errNoKey) {
		b, err = k.byte(deadline)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	k.pending = append([]byte{b}, k.pending...)
	return false, nil
}

func (k *keys) key(b byte) (key, error) {
	switch {
	case b == '\r' || b == '\n':
		return key{kind: keyEnter}, nil
	case b == 'c'&0x1f:
		return key{kind: keyInterrupt}, nil
	case b == 'd'&0x1f:
		return key{kind: keyEOF}, nil
	case b == 'u'&0x1f:
		return key{kind: keyClear}, nil
	case b == 0x7f || b == '\b':
		return key{kind: keyBackspace}, nil
	case b == 0x1b:
		return k.escape()
	case b < ' ':
		return key{}, nil
	case b < utf8.RuneSelf:
		return key{kind: keyChar, char: rune(b)}, nil
	}
	return k.multibyte(b)
}

func (k *keys) multibyte(first byte) (key, error) {
	char := []byte{first}
	for !utf8.FullRune(char) {
		b, ok, err := k.soon()
		if err != nil || !ok {
			return key{}, err
		}
		char = append(char, b)
	}
	r, size := utf8.DecodeRune(char)
	if r == utf8.RuneError || size < len(char) {
		return key{}, nil
	}
	return key{kind: keyChar, char: r}, nil
}

// escape reads what follows an ESC.
func (k *keys) escape() (key, error) {
	b, ok, err := k.soon()
	if err != nil {
		return key{}, err
	}
	switch {
	case !ok || b == 0x1b:
		return key{kind: keyEscape}, nil
	case b == 'O': // SS3: one more byte
		b, _, err = k.soon()
		return key{kind: controlKey(string(b))}, err
	case b == '[':
		return k.control()
	}
	return key{}, nil // Alt and a key
}

// control reads a control sequence behind ESC [.
func (k *keys) control() (key, error) {
	var seq []byte
	for len(seq) < maxSequence {
		b, ok, err := k.soon()
		if err != nil || !ok {
			return key{}, err
		}
		if seq = append(seq, b); b >= '@' && b <= '~' {
			break
		}
	}
	switch {
	case bytes.Equal(seq, []byte("200~")):
		k.pasting = true
	case bytes.Equal(seq, []byte("201~")):
		k.pasting = false
	}
	return key{kind: controlKey(string(seq))}, nil
}

// controlKey knows the keys that terminals with the kitty protocol or xterm's
// modifyOtherKeys send as control sequences when the agent switched that on.
func controlKey(seq string) keyKind {
	switch seq {
	case "13u":
		return keyEnter
	case "27u":
		return keyEscape
	case "99;5u", "27;5;99~":
		return keyInterrupt
	case "100;5u", "27;5;100~":
		return keyEOF
	case "127u":
		return keyBackspace
	case "A":
		return keyUp
	case "B":
		return keyDown
	}
	return keyOther
}
