//go:build race

package shellparse

// slowness is how much more time the tests are given under the race detector.
const slowness = 60
