package code

import "testing"

// TestEnvironment writes out what a command line puts into a program's environment.
func TestEnvironment(t *testing.T) {
	p := Program{
		Env:   []Variable{{"DIR", "dist", true}, {"PART", "", false}, {"NONE", "", true}, {"HOME", "/root", true}},
		Unset: func(name string) bool { return name == "FREE" },
	}
	for _, tt := range []struct{ lang, text, want string }{
		{"python", `rm(os.environ["DIR"])`, `rm ( dist )`},
		{"python", `rm(os.environ.get("DIR", "x"))`, `rm ( dist )`},
		{"python", `rm(os.getenv("FREE", "x"))`, `rm ( x )`},
		{"python", `rm(os.getenv("FREE") or "x")`, `rm ( x )`},
		{"python", `rm(os.getenv("PART", "x"), os.environ["LIVE"], getenv("FREE"))`, `rm ( os . getenv ( PART , x ) , os . environ [ LIVE ] , getenv ( FREE ) )`},
		{"python", `os.environ["DIR"] = "y"`, `os . environ [ DIR ] = y`},
		{"python", `rm(d.get("DIR", "x"))`, `rm ( d . get ( DIR , x ) )`},
		{"javascript", `rm(process.env.DIR || "x")`, `rm ( dist )`},
		{"javascript", `rm(process.env.FREE ?? "x", process.env["DIR"])`, `rm ( x , dist )`},
		{"javascript", `rm(process.env.NONE || "x")`, `rm ( process . env . NONE | | x )`},
		{"ruby", `rm(ENV.fetch("FREE", "x"), ENV["DIR"] || "y")`, `rm ( x , dist )`},
		{"perl", `rm($ENV{DIR} // "x"); rm($ENV{FREE} || "y")`, `rm ( dist ) ; rm ( y )`},
		{"php", `rm(getenv("DIR") ?: "x")`, `rm ( dist )`},
	} {
		if got := spelled(Read(tt.lang, tt.text, p)); got != tt.want {
			t.Errorf("%s %s:\n got %s\nwant %s", tt.lang, tt.text, got, tt.want)
		}
	}
}
