package shellparse

import (
	"io/fs"
	"testing"
)

// Variables, functions and parameters of what runs targets are as those programs
// have them.
func TestTargets(t *testing.T) {
	for _, tt := range []struct{ file, text, line, want string }{
		{"/w/Makefile", "D = a\nD += b\nx: y\n\trm $(D) $(addprefix c/,$(D)) $@ $^ $(patsubst %.c,%.o,z.c)\n", "make x", "make|x ; rm|a|b|c/a|c/b|x|y|z.o"},
		{"/w/Makefile", "D = a\nE ?= b\nx:\n\trm $(D) $(E) $(shell pwd)/y $(CURDIR)/z\n", "E=w make x D=c", "make|x|D=c ; pwd ; rm|c|w|/w/y|./z"},
		{"/w/Makefile", "S = a.c b.c\nx:\n\trm $(S:.c=.o) $(foreach n,p q,out/$(n)) $(filter-out b%,$(S)) ${UNSET}\n", "make", "make ; rm|a.o|b.o|out/p|out/q|a.c|?"},
		{"/w/Makefile", "x:\n\t$(RM) y\n\t$(MAKE) z\nz:\n\trm w\n", "make", "make ; rm|-f|y ; make|z ; rm|w"},
		{"/w/Makefile", "A = $(A)\nx:\n\trm $(A) $(foreach n,$(n),$(n)) $(call f,$(A\n", "make", ""},
		{"/w/Makefile", "D_a = x\nE ?= b\ndefine f\n\trm $(1)\n\trm $(2)/y\nendef\nt:\n\t$(call f,$(D_$(E)),z)\n", "make t E=a", "make|t|E=a ; rm|x ; rm|z/y"},
		{"/w/justfile", "b := env_var_or_default('B', 'p')\n_s verb *args:\n    rm {{verb}} {{b}} {{args}}\nempty: (_s 'x' '-r' '-f')\n", "just empty", "just|empty ; rm|x|p|-r|-f"},
		{"/w/Taskfile.yml", "vars:\n  S: '{{.S | default \"prod\"}}'\n  TF: rm -r infra/{{.S}}\ntasks:\n  down:\n    cmds:\n      - '{{.TF}} x'\n", "task down", "task|down ; rm|-r|infra/prod|x"},
		{"/w/Taskfile.yml", "vars:\n  S: '{{.S | default \"prod\"}}'\n  TF: rm -r infra/{{.S}}\ntasks:\n  down:\n    cmds:\n      - '{{.TF}} x'\n", "task down S=dev", "task|down|S=dev ; rm|-r|infra/dev|x"},
		{"/w/justfile", "d := \"a\"\nx e=\"b\" *f: y\n  rm {{d}} {{ e }} {{f}}\ny:\n  rm y\n", "just x c d e", "just|x|c|d|e ; rm|y ; rm|a|c|d|e"},
		{"/w/justfile", "x e=\"b\":\n  rm {{e}} {{uppercase(e)}}\n", "just", "just ; rm|b|?"},
		{"/w/justfile", "d := 'a'\nx:\n  rm {{d}}\n", "just d=b", "just|d=b ; rm|b"},
		{"/w/Taskfile.yml", "version: '3'\nvars:\n  DIR: out\ntasks:\n  clean:\n    cmds:\n      - rm {{.DIR}}\n", "task clean", "task|clean ; rm|out"},
		{"/w/Taskfile.yml", "vars:\n  DIR: out\ntasks:\n  clean:\n    cmds:\n      - rm {{.DIR}} {{.NO}}\n", "task clean DIR=x", "task|clean|DIR=x ; rm|x|?"},
	} {
		s := Parse(tt.line, Options{Dir: "/w", ReadFile: func(name string) ([]byte, error) {
			if name != tt.file {
				return nil, fs.ErrNotExist
			}
			return []byte(tt.text), nil
		}})
		if got := show(s); got != tt.want && tt.want != "" {
			t.Errorf("%q %s\n got %s\nwant %s", tt.text, tt.line, got, tt.want)
		}
	}
}

// The lines of a client's input are its commands, and replacement strings are what
// parallel makes of them.
func TestInputLines(t *testing.T) {
	for line, want := range map[string]string{
		"printf 'FLUSHALL\nget x\n' | redis-cli -h h": "redis-cli|-h|h ; redis-cli|-h|h|FLUSHALL ; redis-cli|-h|h|get|x",
		"redis-cli get y <<< FLUSHALL":                "redis-cli|get|y",
		"parallel 'rm {.}.o {/} {//} {/.}' ::: a/b.c": "parallel|rm {.}.o {/} {//} {/.}|:::|a/b.c ; rm|a/b.o|b.c|a|b",
	} {
		s := Parse(line, Options{})
		got := show(s)
		if i := len(got) - len(want); i < 0 || got[i:] != want {
			t.Errorf("%s\n got %s\nwant %s", line, got, want)
		}
	}
}
