package prompt

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// until stands between the word of an offer and the day that a human sets.
const until = " until "

var errNotIt = errors.New("that is not it")

// Confirms gives the approval that a human typed for r: the word, alone or with
// one of the offers behind it, and behind that " until " and the last day. An
// error says what is wrong with it, for the human; then nothing is approved.
func Confirms(r Request, typed string) (Answer, error) {
	word := ConfirmWord(r)
	if typed == word {
		return Answer{Approved: true}, nil
	}
	rest, ok := strings.CutPrefix(typed, word+" ")
	if !ok {
		return Answer{}, errNotIt
	}
	scope, day, dated := strings.Cut(rest, until)
	for _, offer := range r.Offers {
		if scope != offer.Word || dated && offer.Last == "" {
			continue
		}
		if dated && !offer.allows(day) {
			return Answer{}, fmt.Errorf("say a day from %s to %s", offer.First, offer.Last)
		}
		return Answer{Approved: true, Scope: scope, Until: day}, nil
	}
	return Answer{}, errNotIt
}

// allows reports whether a human may set a day. Days in this form sort as text.
func (o Offer) allows(day string) bool {
	_, err := time.Parse(time.DateOnly, day)
	return err == nil && o.First <= day && day <= o.Last
}

// how says what the word of an offer does, and whether a day can be set.
func (o Offer) how() string {
	if o.Last == "" {
		return o.Text
	}
	return o.Text + ", or" + until + "DATE"
}

// TypedFor is what a human types for an approval of r.
func TypedFor(r Request, a Answer) string {
	typed := ConfirmWord(r)
	if a.Scope != "" {
		typed += " " + a.Scope
	}
	if a.Until != "" {
		typed += until + a.Until
	}
	return typed
}

// HowToConfirm says what to type to approve r.
func HowToConfirm(r Request) string {
	text := "type " + ConfirmWord(r)
	if r.Confirm == ConfirmWord(r) && r.ConfirmKind != "" {
		text = "type the " + r.ConfirmKind + ", " + r.Confirm
	}
	for _, offer := range r.Offers {
		text += "; add " + offer.Word + ": " + offer.how()
	}
	return text
}
