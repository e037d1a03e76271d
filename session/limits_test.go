package session

import (
	"testing"
	"time"

	"restrain/classify"
	"restrain/keep"
)

func TestKeepLimits(t *testing.T) {
	shipped := keep.Limits{
		StepBytes: keep.DefaultStepBytes, StepFiles: keep.DefaultStepFiles, TotalBytes: keep.DefaultTotalBytes, Age: keep.DefaultAge,
	}
	if got := KeepLimits(classify.Shipped()); got != shipped {
		t.Errorf("shipped: %+v, want the store's own defaults %+v", got, shipped)
	}
	set, err := classify.LoadOver(classify.Shipped(), "own", []byte("[keep]\nstep = \"1 GB\"\ndays = 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	own := shipped
	own.StepBytes, own.Age = 1_000_000_000, 72*time.Hour
	if got := KeepLimits(set); got != own {
		t.Errorf("own: %+v, want %+v", got, own)
	}
}
