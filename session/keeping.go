package session

import (
	"sync"

	"restrain/keep"
)

// keeper opens the store for what steps take away when it is first needed: most
// commands take nothing.
func keeper(stateDir string) func() (*keep.Store, error) {
	return sync.OnceValues(func() (*keep.Store, error) { return keep.Open(stateDir, keep.Limits{}) })
}
