package classify

import "testing"

func TestKeepIsLaidOver(t *testing.T) {
	base, err := Load("base", []byte("[keep]\nstep = \"512 MB\"\ntotal = \"5 GB\"\ndays = 14\n"))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text string
		want Keep
	}{
		{"", base.Keep},
		{"[keep]\ntotal = \"1.5TB\"\n", Keep{Step: 512e6, Total: 1.5e12, Days: 14}},
		{"[keep]\nstep = \"80 kB\"\ndays = 1\nfiles = 7\n", Keep{Step: 80e3, Total: 5e9, Days: 1, Files: 7}},
		{"[keep]\noff = true\n", Keep{Step: 512e6, Total: 5e9, Days: 14, Off: true}},
		{"[keep]\nstep = \"6 GB\"\ntotal = \"8 GB\"\n", Keep{Step: 6e9, Total: 8e9, Days: 14}},
	}
	for _, tt := range tests {
		for name, load := range map[string]func(*Set, string, []byte) (*Set, error){"the user's": LoadOver, "trusted": LoadTrusted} {
			set, err := load(base, "own", []byte(tt.text))
			if err != nil {
				t.Errorf("%s: %q: %v", name, tt.text, err)
			} else if set.Keep != tt.want {
				t.Errorf("%s: %q: %+v, want %+v", name, tt.text, set.Keep, tt.want)
			}
		}
	}
}

func TestKeepErrors(t *testing.T) {
	base, err := Load("base", []byte("[keep]\nstep = \"512 MB\"\ntotal = \"5 GB\"\n"))
	if err != nil {
		t.Fatal(err)
	}
	const units = `: write a number with kB, MB, GB or TB, such as "512 MB"`
	tests := map[string]string{
		"[keep]\nstep = \"512 XB\"\n": "own:2:8: keep.step: \"512 XB\" is no size" + units + "\n  step = \"512 XB\"\n         ^^^^^^^^\ncorrect the line",
		"[keep]\ndays = 0\n":          "own:2:8: keep.days: 0 is no number of days\n  days = 0\n         ^\nwrite a number above 0, or off = true to keep nothing",
		"[keep]\ndays = 20000\n":      "own:2:8: keep.days: is too much\n  days = 20000\n         ^^^^^\nwrite at most 10,000",
		"[keep]\nfiles = -1\n":        "own:2:9: keep.files: -1 is no number of files\n  files = -1\n          ^^\nwrite a number above 0, or off = true to keep nothing",
		"[keep]\ntotal = \"1 MB\"\n":  "own:2:9: keep.total: is less than a step's 512 MB\n  total = \"1 MB\"\n          ^^^^^^\nraise it, or write a smaller step as well",
		"[keep]\nstep = \"6 GB\"\n":   "own:2:8: keep.step: is more than the 5.0 GB of all steps\n  step = \"6 GB\"\n         ^^^^^^\nlower it, or raise total",
		"[keep]\nday = 3\n":           "own:2:1: keep.day: unknown key\n  day = 3\n  ^^^\ndid you mean days?",
	}
	for text, want := range tests {
		if _, err := LoadOver(base, "own", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: got\n%v\nwant\n%s", text, err, want)
		}
	}
}

func TestSizes(t *testing.T) {
	for _, wrong := range []string{"", "MB", "512", "-1 MB", "0 MB", "0.1B", "1 MiB", "inf GB", "NaN GB", "1e9 TB", "2000 TB", "1 M B", "1 mB"} {
		var s Size
		if err := s.UnmarshalText([]byte(wrong)); err == nil {
			t.Errorf("%q is %d bytes, want an error", wrong, s)
		}
	}
}
