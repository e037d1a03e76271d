//go:build !race

package shellparse

// slowness is how much more time the tests are given than the code.
const slowness = 2
