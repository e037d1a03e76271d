package classify

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"restrain/figure"
)

// A Keep bounds what is kept of what steps take away. A field that is zero has
// the store's default.
type Keep struct {
	Step  Size `toml:"step"`  // bytes of one step
	Total Size `toml:"total"` // bytes of all steps
	Days  int  `toml:"days"`  // after which a step is dropped
	Files int  `toml:"files"` // of one step
	Off   bool `toml:"off"`   // nothing is kept
	// Programs says that what programs take away by themselves is kept too,
	// where the kernel tells of it.
	Programs bool `toml:"programs"`
}

// A Size is a number of bytes, which rules write as "512 MB".
type Size int64

func (s Size) String() string { return figure.Bytes(int64(s)) }

// UnmarshalText reads a number with a decimal unit.
func (s *Size) UnmarshalText(text []byte) error {
	number := strings.TrimRight(string(text), "BTGMKk")
	unit, known := map[string]float64{"kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}[string(text[len(number):])]
	value, err := strconv.ParseFloat(strings.TrimRight(number, " "), 64)
	if bytes := value * unit; known && err == nil && bytes >= 1 && bytes <= maxSize {
		*s = Size(math.Round(bytes))
		return nil
	}
	return fmt.Errorf(`%q is no size: write a number with kB, MB, GB or TB, such as "512 MB"`, text)
}

const (
	maxSize = 1000e12
	maxDays = 10_000 // a time.Duration holds ten times as many
)

// keeping checks the bounds that hold with a file: those that it gives, and of
// the rest those below it.
func (f *file) keeping(s *Set) error {
	const off = "write a number above 0, or off = true to keep nothing"
	k := &s.Keep
	switch {
	case k.Days <= 0 && f.hasKey("keep", 0, "days"):
		return f.wrong("keep", 0, "days", fmt.Sprintf("%d is no number of days", k.Days), off)
	case k.Days > maxDays:
		return f.wrong("keep", 0, "days", "is too much", "write at most "+figure.Count(maxDays))
	case k.Files <= 0 && f.hasKey("keep", 0, "files"):
		return f.wrong("keep", 0, "files", fmt.Sprintf("%d is no number of files", k.Files), off)
	case k.Total > 0 && k.Step > k.Total && !f.hasKey("keep", 0, "step"):
		return f.wrong("keep", 0, "total", fmt.Sprintf("is less than a step's %s", k.Step), "raise it, or write a smaller step as well")
	case k.Total > 0 && k.Step > k.Total:
		return f.wrong("keep", 0, "step", fmt.Sprintf("is more than the %s of all steps", k.Total), "lower it, or raise total")
	}
	return nil
}
