package keep

import (
	"context"
	"errors"
)

var errNoStore = errors.New("files can be kept on Linux and macOS only: what is lost here is asked about")

// A Store keeps nothing on this system.
type Store struct{}

// Open fails on this system.
func Open(string, Limits) (*Store, error) { return nil, errNoStore }

// Dir is nowhere on this system.
func (*Store) Dir() string { return "" }

// Limits are none on this system.
func (*Store) Limits() Limits { return Limits{} }

// Begin starts nothing on this system.
func (*Store) Begin(Step) *Writer { return &Writer{} }

// Resume fails on this system.
func (*Store) Resume(string) (*Writer, error) { return nil, errNoStore }

// Keep fails on this system.
func (*Store) Keep(context.Context, Step, []Item) (Result, error) { return Result{}, errNoStore }

// List is empty on this system.
func (*Store) List(Filter) ([]Kept, error) { return nil, errNoStore }

// Get fails on this system.
func (*Store) Get(string) (Kept, error) { return Kept{}, errNoStore }

// Refs fails on this system.
func (*Store) Refs(string) ([]Ref, error) { return nil, errNoStore }

// Size fails on this system.
func (*Store) Size() (steps int, bytes int64, err error) { return 0, 0, errNoStore }

// Prune fails on this system.
func (*Store) Prune(context.Context, bool) ([]Kept, error) { return nil, errNoStore }

// Drop fails on this system.
func (*Store) Drop(string) error { return errNoStore }

// Recover finds nothing on this system.
func (*Store) Recover(context.Context) (Recovery, error) { return Recovery{}, nil }

// Restore fails on this system.
func (*Store) Restore(context.Context, []string, []string, Options) (Report, error) {
	return Report{}, errNoStore
}

// Settle does nothing on this system.
func (*Store) Settle(context.Context, string) (left Kept, ok bool, err error) {
	return Kept{}, false, errNoStore
}

// A Writer keeps nothing on this system.
type Writer struct{}

// ID is empty on this system.
func (*Writer) ID() string { return "" }

// Keep fails on this system.
func (*Writer) Keep(context.Context, []Item) (Result, error) { return Result{}, errNoStore }

// Add fails on this system.
func (*Writer) Add(string, bool) error { return errNoStore }

// AddAt fails on this system.
func (*Writer) AddAt(*Opened, bool) error { return errNoStore }

// Settle does nothing on this system.
func (*Writer) Settle(context.Context) error { return nil }

// Close does nothing on this system.
func (*Writer) Close() error { return nil }
