//go:build race

package classify

// underRace says that the race detector is on. It makes what goes through every
// rule eight times as slow and has nothing to find there: such a test then takes
// a part, and CI runs it whole without the detector.
const underRace = true
