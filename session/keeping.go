package session

import (
	"sync"

	"restrain/gate"
	"restrain/keep"
)

// keeper opens the store for what steps take away when it is first needed: most
// commands take nothing. It is nil where the user wants nothing kept.
func keeper(stateDir string, policy *gate.Policy) func() (*keep.Store, error) {
	rules := policy.Rules()
	if rules.Keep.Off {
		return nil
	}
	return sync.OnceValues(func() (*keep.Store, error) { return keep.Open(stateDir, KeepLimits(rules)) })
}
