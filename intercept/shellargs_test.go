package intercept

import (
	"context"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseShellArgs(t *testing.T) {
	for _, test := range []struct {
		shell, args string
		want        ShellArgs
	}{
		{"bash", "-c L", ShellArgs{HasLine: true, Line: "L", Params: []string{}}},
		{"bash", "-lc L zero one", ShellArgs{HasLine: true, Line: "L", Login: true, Params: []string{"zero", "one"}}},
		{"bash", "-c -l L", ShellArgs{HasLine: true, Line: "L", Login: true, Params: []string{}}},
		{"bash", "-O extglob -ilc L", ShellArgs{HasLine: true, Line: "L", Login: true, Interactive: true, Params: []string{}}},
		{"bash", "-O extglob -c L -- CMD", ShellArgs{HasLine: true, Line: "L", Params: []string{"--", "CMD"}}},
		{"bash", "-o pipefail -ec -- L", ShellArgs{HasLine: true, Line: "L", Params: []string{}}},
		{"bash", "--norc --noprofile -c L", ShellArgs{HasLine: true, Line: "L", Params: []string{}}},
		{"bash", "--rcfile F -i", ShellArgs{InitFile: "F", Interactive: true, Stdin: true, Params: []string{}}},
		{"bash", "script a -c b", ShellArgs{Script: "script", Params: []string{"script", "a", "-c", "b"}}},
		{"bash", "-s a b", ShellArgs{Stdin: true, Params: []string{"a", "b"}}},
		{"bash", "", ShellArgs{Stdin: true, Params: []string{}}},
		{"sh", "-ec L", ShellArgs{HasLine: true, Line: "L", Params: []string{}}},
		{"zsh", "-o extendedglob -ilc L", ShellArgs{HasLine: true, Line: "L", Login: true, Interactive: true, Params: []string{}}},
		{"zsh", "-oextendedglob -c L -- CMD", ShellArgs{HasLine: true, Line: "L", Params: []string{"--", "CMD"}}},
	} {
		got, err := ParseShellArgs(test.shell, strings.Fields(test.args))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %s:\n got %+v, %v\nwant %+v", test.shell, test.args, got, err, test.want)
		}
	}
	for _, args := range []string{"-c", "-o pipefail -c", "--nonsense -c L", "-Z -c L", "--rcfile"} {
		if got, err := ParseShellArgs("bash", strings.Fields(args)); err == nil {
			t.Errorf("bash %s: %+v, want an error", args, got)
		}
	}
}

// TestShellArgsAgainstShells lets real shells run random command lines, and
// compares what ran, and with which parameters, to what was read.
func TestShellArgsAgainstShells(t *testing.T) {
	words := map[string][]string{
		"bash": {"-c", "-lc", "-l", "-ec", "-ce", "-x", "+x", "+c", "+s", "-s", "-sc", "--", "-", "-o", "-O", "-oc", "-co", "-cO",
			"-Oc", "+O", "+o", "pipefail", "extglob", "--norc", "-norc", "--noprofile", "--posix", "--login", "-login", "--rcfile",
			"-u", "-eu", "-euo", "-B", "+B", "-r", "--restricted", "-p", "-P", "-T", "-E", "-f", "-Q", "--junk", "-junk", "-a", "-k"},
		"dash": {"-c", "-lc", "-l", "-ec", "-ce", "-x", "+x", "+c", "+s", "-s", "-sc", "--", "-", "-o", "-oc", "-co", "+o",
			"nounset", "-u", "-eu", "-euo", "-f", "-Q", "--junk", "-a", "-b", "-C", "-V", "-E"},
		"zsh": {"-c", "-lc", "-l", "-ec", "-ce", "-x", "+x", "+c", "-s", "-sc", "--", "-", "-o", "-oc", "-co", "-oextendedglob",
			"+o", "pipefail", "extendedglob", "-f", "-fc", "-b", "-bc", "--junk", "--no-rcs", "--login", "-u", "-y", "-C", "--emulate", "csh"},
	}
	for shell, options := range words {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skipf("no %s on this machine to compare with", shell)
			}
			dir := t.TempDir()
			if err := os.WriteFile(dir+"/text.sh", []byte(tell("text.sh")), 0o600); err != nil {
				t.Fatal(err)
			}
			operands := []string{tell("one"), tell("two"), "text.sh", "no-such-command", ""}
			word := rapid.OneOf(rapid.SampledFrom(options), rapid.SampledFrom(operands))
			rapid.Check(t, func(t *rapid.T) {
				args := rapid.SliceOfN(word, 0, 6).Draw(t, "args")
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				cmd := exec.CommandContext(ctx, path, args...)
				cmd.Args[0] = shell
				cmd.Dir, cmd.Env = dir, []string{"HOME=" + dir, "PATH=/usr/bin:/bin"}
				cmd.Stdin = strings.NewReader(tell("stdin"))
				out, _ := cmd.Output()
				if ctx.Err() != nil {
					t.Fatalf("%q: the shell does not end", args)
				}
				ran := ""
				if i := strings.Index(string(out), "«"); i >= 0 {
					ran = string(out)[i:]
				}
				got, err := ParseShellArgs(shell, args)
				if err != nil {
					if ran != "" {
						t.Fatalf("%q: %v, but it ran %q", args, err, ran)
					}
					return
				}
				unheard := got.HasLine && !strings.HasPrefix(got.Line, "printf")
				if want := foretell(got, shell); ran != want && ran != "" && !unheard {
					t.Fatalf("%q: read as %+v, which runs %q, but it ran %q", args, got, want, ran)
				}
			})
		})
	}
}

// tell is a line that says which one it is and what its parameters are.
func tell(name string) string { return `printf '«` + name + `» '; printf '%s|' "$0" "$@"; exit` }

func foretell(a ShellArgs, shell string) string {
	name, params := "stdin", append([]string{shell}, a.Params...)
	if !a.Stdin || a.HasLine {
		params = a.Params
	}
	switch {
	case a.HasLine:
		name, _, _ = strings.Cut(strings.TrimPrefix(a.Line, "printf '«"), "»")
		if len(params) == 0 {
			params = []string{shell}
		}
	case a.Script != "":
		name = a.Script
	}
	return "«" + name + "» " + strings.Join(params, "|") + "|"
}
