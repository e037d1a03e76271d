package prompt

import (
	"strings"
	"unicode"
)

// shortcuts are the keys that do what they say at once. One that the word to be
// typed begins with is a capital.
type shortcuts struct{ reason, details, session, project, masked, kept, safer string }

func keysOf(r Request) shortcuts {
	word := ConfirmWord(r)
	if word == "y" {
		word = ""
	}
	key := func(letter string) string {
		if strings.HasPrefix(word, letter) {
			return strings.ToUpper(letter)
		}
		return letter
	}
	return shortcuts{key("r"), key("d"), key("s"), key("p"), key("m"), key("k"), key("a")}
}

// offer is the key of an offer.
func (k shortcuts) offer(word string) string {
	if word == "project" {
		return k.project
	}
	return k.session
}

// has reports whether a character is one of the keys, or the y that lets a step
// run which asks for no word.
func (k shortcuts) has(r Request, char rune) bool {
	return unicode.IsLetter(char) && (strings.ContainsRune(k.reason+k.details+k.session+k.project+k.masked+k.kept+k.safer, char) || char == 'y' && ConfirmWord(r) == "y")
}

// pressed does what a key says. It ends the question, or gives a note to show.
func (d *dialogue) pressed(key string) (answer *Answer, note string, err error) {
	r, k := d.request, keysOf(d.request)
	switch key {
	case "y":
		return d.once()
	case k.details:
		return nil, "", d.details()
	case k.reason:
		reason, _, err := d.line("reason> ", nothing)
		return &Answer{By: ByTerminal, Reason: strings.TrimSpace(reason)}, "", err
	case k.safer:
		if r.Safer == "" {
			return nil, key + " is not offered: no safer way is known", nil
		}
		return &Answer{By: ByTerminal, Reason: "a safer way: " + r.Safer}, "", nil
	case k.kept:
		if !r.Keeps {
			return nil, key + " is not offered: nothing that it takes away can be kept", nil
		}
		return d.once()
	case k.masked:
		if !r.Masks {
			return nil, key + " is not offered: it prints no secret that can be withheld", nil
		}
		return d.once()
	}
	for i := range r.Offers {
		if offer := &r.Offers[i]; k.offer(offer.Word) == key {
			return d.scope(offer)
		}
	}
	why := r.NotOffered
	if why == "" {
		why = "it cannot be told from others by what it acts on"
	}
	return nil, key + " is not offered: " + why, nil
}

// once lets the step run, where that asks for no word.
func (d *dialogue) once() (*Answer, string, error) {
	if ConfirmWord(d.request) != "y" {
		return nil, "type the word, which says the same", nil
	}
	return &Answer{Approved: true, By: ByTerminal}, "", nil
}

// scope approves for longer than once: until a day that the human may set, and
// behind the word, where one is asked for.
func (d *dialogue) scope(offer *Offer) (*Answer, string, error) {
	typed := ConfirmWord(d.request)
	if typed != "y" {
		line, _, err := d.line(typedLabel(d.request)+"> ", nothing)
		if err != nil {
			return nil, "", err
		}
		typed = strings.TrimSpace(line)
	}
	typed += " " + offer.Word
	if offer.Last != "" {
		day, _, err := d.line("until (a day; Enter: as offered)> ", nothing)
		if err != nil {
			return nil, "", err
		}
		if day = strings.TrimSpace(day); day != "" {
			typed += until + day
		}
	}
	answer, err := Confirms(d.request, typed)
	if err != nil {
		return nil, err.Error(), nil
	}
	answer.By = ByTerminal
	return &answer, "", nil
}

func typedLabel(r Request) string {
	if r.ConfirmKind != "" && r.Confirm == ConfirmWord(r) {
		return "type the " + r.ConfirmKind
	}
	return "type " + ConfirmWord(r)
}

// nothing is for lines in which every key is text.
func nothing(rune) bool { return false }
