package main

// An ink colours words for stdout, where that shows colours.
type ink bool

func (h *host) ink() ink { return ink(h.outputCaps().Color) }

func (on ink) style(sgr, text string) string {
	if !on || text == "" {
		return text
	}
	return "\x1b[" + sgr + "m" + text + "\x1b[0m"
}

func (on ink) bold(text string) string   { return on.style("1", text) }
func (on ink) dim(text string) string    { return on.style("2", text) }
func (on ink) red(text string) string    { return on.style("31", text) }
func (on ink) green(text string) string  { return on.style("32", text) }
func (on ink) yellow(text string) string { return on.style("33", text) }
