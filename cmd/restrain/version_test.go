package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

func TestVersionText(t *testing.T) {
	machine := runtime.Version() + ", " + runtime.GOOS + "/" + runtime.GOARCH + ")"
	for _, test := range []struct {
		info debug.BuildInfo
		want string
	}{
		{debug.BuildInfo{}, "restrain devel (unknown revision, " + machine},
		{debug.BuildInfo{Main: debug.Module{Version: "(devel)"}}, "restrain devel (unknown revision, " + machine},
		{
			debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: []debug.BuildSetting{
				{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}, {Key: "vcs.modified", Value: "true"},
			}},
			"restrain v1.2.3 (abc, with uncommitted changes, 2026-01-02T03:04:05Z, " + machine,
		},
	} {
		if got := versionText(&test.info); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
