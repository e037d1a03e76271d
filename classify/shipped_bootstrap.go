//go:build bootstrap

package classify

// The generator is built without what it generates.
var shipped Set
