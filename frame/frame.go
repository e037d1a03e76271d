// Package frame is what restrain watch and restrain-screen, which draws its
// screen, say to each other: one JSON object after the other on descriptor 3. It
// knows neither what is drawn nor how.
package frame

// Program draws the screen. It is a program of its own because the library that
// it draws with takes its time to start, and restrain is started for every command.
const Program = "restrain-screen"

// A Frame is what the screen is to show.
type Frame struct {
	Rows []string `json:"rows,omitempty"`
	// Lend asks for the terminal, until the next frame.
	Lend bool `json:"lend,omitempty"`
}

// An Input is what has happened at the screen: a key, another size, or that the
// terminal is lent.
type Input struct {
	Key    string `json:"key,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
	Lent   bool   `json:"lent,omitempty"`
}
