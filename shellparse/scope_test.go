package shellparse

import "testing"

// A declaration that says what is so already changes nothing. Anything else
// about it is read.
func TestDeclaredAsInherited(t *testing.T) {
	env := map[string]string{"LD_PRELOAD": "/x.so", "PS0": "$(ask)", "EDITOR": "vi"}
	lookup := func(name string) (string, bool) {
		text, ok := env[name]
		return text, ok
	}
	for line, want := range map[string]string{
		`declare -x LD_PRELOAD="/x.so"`:                               ``,
		`export LD_PRELOAD=/x.so; ls`:                                 `ls`,
		`declare -x PS0="\$(ask)"; ls`:                                `ls`,
		`declare -x EDITOR=vi LD_PRELOAD=/y.so`:                       `/y.so ; declare|-x|LD_PRELOAD=/y.so`,
		`export LD_PRELOAD=/y.so`:                                     `/y.so ; export|LD_PRELOAD=/y.so`,
		`LD_PRELOAD=/y.so; LD_PRELOAD=/x.so; export LD_PRELOAD=/x.so`: `/y.so ; /x.so ; /x.so ; export|LD_PRELOAD=/x.so`,
		`export LD_PRELOAD+=/x.so`:                                    `/x.so/x.so ; export|LD_PRELOAD=/x.so/x.so`,
		`export EDITOR=$(rm x)`:                                       `rm|x ; ? ; export|EDITOR=?`,
		`declare -x EDITOR=vi > f`:                                    `declare|-x`,
		`export EDITOR`:                                               `export|EDITOR`,
	} {
		if got := show(Parse(line, Options{Dir: "/w", Env: lookup})); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	if got := show(Parse("export LD_PRELOAD=/x.so", Options{Dir: "/w"})); got == "" {
		t.Error("what the environment is was made up")
	}
}
