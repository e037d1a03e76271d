package session

import (
	"time"

	"restrain/classify"
	"restrain/keep"
)

// KeepLimits gives the bounds of the store of kept files that the rules set.
// Whether anything is kept at all, set.Keep.Off says.
func KeepLimits(set *classify.Set) keep.Limits {
	return keep.Limits{
		StepBytes: int64(set.Keep.Step), StepFiles: set.Keep.Files, TotalBytes: int64(set.Keep.Total),
		Age: time.Duration(set.Keep.Days) * 24 * time.Hour,
	}
}
