//go:build !race

package shellparse

// slowness is how much more time the tests are given than the code, since they
// may share the machine.
const slowness = 10
