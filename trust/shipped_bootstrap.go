//go:build bootstrap

package trust

// shipped is what shipped_gen.go has, where that is being made.
var shipped Baseline
