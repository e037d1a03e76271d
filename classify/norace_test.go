//go:build !race

package classify

const underRace = false
