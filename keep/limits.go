package keep

import (
	"time"
)

// Limits bound a store. A field that is zero has its default.
type Limits struct {
	StepBytes  int64         // of one step
	StepFiles  int           // of one step
	TotalBytes int64         // of all steps
	Age        time.Duration // after which a step is dropped
}

// StoreName is what the store's directory is called in the state directory.
const StoreName = "kept"

// The defaults of [Limits].
const (
	DefaultStepBytes  = 512_000_000
	DefaultStepFiles  = 200_000
	DefaultTotalBytes = 5_000_000_000
	DefaultAge        = 14 * 24 * time.Hour
)

func (l Limits) withDefaults() Limits {
	if l.StepBytes == 0 {
		l.StepBytes = DefaultStepBytes
	}
	if l.StepFiles == 0 {
		l.StepFiles = DefaultStepFiles
	}
	if l.TotalBytes == 0 {
		l.TotalBytes = DefaultTotalBytes
	}
	if l.Age == 0 {
		l.Age = DefaultAge
	}
	return l
}
