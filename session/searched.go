package session

import (
	"bytes"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"restrain/gate"
	"restrain/intercept"
	"restrain/prompt"
	"restrain/secret"
	"restrain/shellparse"
)

// A search is what an agent's own tool looks for in files, as package hook writes
// it: grep -rnE FLAGS -e PATTERN PLACES.
type search struct {
	pattern       *regexp.Regexp // nil where it is in no language that is known here: anything may fit
	names         []string       // of files, as patterns; none stands for all
	places        []string       // absolute
	before, after int            // lines that are shown around one that fits
}

// searchesContent reports the commands that stand for an agent's own tool that
// prints lines which fit.
func searchesContent(argv []string) bool {
	return len(argv) > 3 && argv[0] == "grep" && argv[1] == "-rnE"
}

func searchOf(r *intercept.Request) (s search) {
	flags, pattern := "(?m)", ""
	rest := r.Argv[2:]
	for ; len(rest) > 0; rest = rest[1:] {
		word := rest[0]
		number := 0
		if len(word) > 2 {
			number, _ = strconv.Atoi(word[2:]) // package hook wrote it
		}
		switch {
		case word == "-i":
			flags = "(?mi)"
		case strings.HasPrefix(word, "-A"):
			s.after = max(s.after, number)
		case strings.HasPrefix(word, "-B"):
			s.before = max(s.before, number)
		case strings.HasPrefix(word, "-C"):
			s.before, s.after = max(s.before, number), max(s.after, number)
		case strings.HasPrefix(word, "--include="):
			s.names = append(s.names, strings.TrimPrefix(word, "--include="))
		case word == "-e" && len(rest) > 1:
			pattern = rest[1]
			for _, place := range rest[2:] {
				if !filepath.IsAbs(place) {
					place = filepath.Join(r.Dir, place)
				}
				s.places = append(s.places, filepath.Clean(place))
			}
			rest = rest[:1]
		}
	}
	s.pattern, _ = regexp.Compile(flags + pattern)
	return s
}

// covers reports a file in which is searched.
func (s *search) covers(path string) bool {
	fits := func(name string) bool {
		ok, err := filepath.Match(name, filepath.Base(path))
		return ok || err != nil
	}
	if len(s.names) > 0 && !slices.ContainsFunc(s.names, fits) {
		return false
	}
	return slices.ContainsFunc(s.places, func(place string) bool {
		return place == path || place == "/" || strings.HasPrefix(path, place+"/")
	})
}

// matchingLines gives the lines of a text that a search shows, each with its number.
func (s *search) matchingLines(text []byte) (lines []string) {
	all := strings.SplitAfter(string(text), "\n")
	until := -1
	for i := range all {
		if s.pattern != nil && !slices.ContainsFunc(all[i:min(len(all), i+s.before+1)], s.pattern.MatchString) && i > until {
			continue
		}
		if s.pattern == nil || s.pattern.MatchString(all[i]) {
			until = i + s.after
		}
		if all[i] != "" {
			lines = append(lines, fmt.Sprintf("%d:%s\n", i+1, strings.TrimRight(all[i], "\r\n")))
		}
	}
	return lines
}

// maskedSearch is what a search shows of the files that have secrets, without
// these; found is false where it shows none, so that it may run as it is.
func maskedSearch(r *intercept.Request, d *gate.Decision) (message string, found bool) {
	s := searchOf(r)
	var told bytes.Buffer
	var withheld []secret.Withheld
	var seen []string
	for _, v := range d.Values {
		path := v.Origin.Path
		if path == "" || slices.Contains(seen, path) || !s.covers(path) {
			continue
		}
		seen = append(seen, path)
		content, err := readText(path)
		if err != nil {
			continue // it prints nothing that is known
		}
		masker := secret.NewMasker(&told, withheldIn(path, content, d.Values, d))
		name, err := filepath.Rel(r.Dir, path)
		if err != nil {
			name = path
		}
		before := told.Len()
		for _, line := range s.matchingLines(content) {
			fmt.Fprintf(masker, "%s:%s", name, line) // into memory
		}
		if _ = masker.Close(); len(masker.Withheld()) == 0 {
			told.Truncate(before)
		}
		for _, w := range masker.Withheld() {
			withheld = secret.Count(withheld, w)
		}
	}
	if len(withheld) == 0 {
		return "", false
	}
	lines := told.String()
	if len(lines) > maxMaskedRead {
		lines = strings.ToValidUTF8(lines[:maxMaskedRead], "") + "\n… (more follows)\n"
	}
	_, instead := maskedInstead(shellparse.Quote(r.Argv))
	return prompt.EscapeLines("restrain: denied as it is: it prints secrets, which only programs may use; without them it finds in these files:\n" +
		lines + gate.WithheldLine(withheld) + "\nall of it is found by:\n" + instead), true
}
