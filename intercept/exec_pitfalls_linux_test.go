package intercept

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"restrain/internal/slowtest"
)

// Every way to start a program that was seen to get past a guard is denied,
// and the program's work is not done.
func TestNothingRunsUnjudged(t *testing.T) {
	slowtest.Long(t)
	rm := need(t, "rm")
	for _, test := range []struct {
		name string
		argv func(t *testing.T, victim string) []string
	}{
		{"by name", func(t *testing.T, v string) []string { return []string{"sh", "-c", "rm -f " + v + "; :"} }},
		{"absolute path", func(t *testing.T, v string) []string { return []string{"/bin/sh", "-c", rm + " -f " + v + "; :"} }},
		{"env -i", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "env -i " + rm + " -f " + v + "; :"}
		}},
		{"setsid", func(t *testing.T, v string) []string {
			need(t, "setsid")
			return []string{"sh", "-c", "setsid -w rm -f " + v + "; :"}
		}},
		{"nohup in the background", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "nohup rm -f " + v + " >/dev/null 2>&1 & wait"}
		}},
		{"daemon that outlives the agent", func(t *testing.T, v string) []string {
			need(t, "setsid")
			return []string{"sh", "-c", "setsid sh -c 'sleep 0.1; rm -f " + v + "' </dev/null >/dev/null 2>&1 & exit 0"}
		}},
		{"decoded pipe", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "echo 'rm -f " + v + "' | tr a-z a-z | sh; :"}
		}},
		{"substituted name", func(t *testing.T, v string) []string { return []string{"sh", "-c", "$(echo rm) -f " + v + "; :"} }},
		{"xargs", func(t *testing.T, v string) []string { return []string{"sh", "-c", "echo " + v + " | xargs rm -f; :"} }},
		{"find -exec", func(t *testing.T, v string) []string { return []string{"find", v, "-exec", "rm", "-f", "{}", ";"} }},
		{"python subprocess", func(t *testing.T, v string) []string {
			need(t, "python3")
			return []string{"python3", "-c", "import subprocess,sys\ntry: subprocess.run(['rm','-f',sys.argv[1]])\nexcept PermissionError as e: print(e)", v}
		}},
		{"python posix_spawn", func(t *testing.T, v string) []string {
			need(t, "python3")
			return []string{"python3", "-c", "import os,sys\ntry: os.waitpid(os.posix_spawn('" + rm + "', ['rm','-f',sys.argv[1]], {}), 0)\nexcept PermissionError as e: print(e)", v}
		}},
		{"another thread", func(t *testing.T, v string) []string {
			need(t, "python3")
			return []string{"python3", "-c", "import os,sys,threading\ndef run():\n  try: os.execv('" + rm + "', ['rm','-f',sys.argv[1]])\n  except PermissionError as e: print(e)\nt = threading.Thread(target=run); t.start(); t.join()", v}
		}},
		{"python fexecve", func(t *testing.T, v string) []string {
			need(t, "python3")
			return []string{"python3", "-c", "import os,sys\ntry: os.execve(os.open('" + rm + "', os.O_RDONLY), ['rm','-f',sys.argv[1]], {})\nexcept PermissionError as e: print(e)", v}
		}},
		{"a path of its descriptor", func(t *testing.T, v string) []string {
			need(t, "bash")
			return []string{"bash", "-c", "exec 9<" + rm + "; /proc/self/fd/9 -f " + v + "; :"}
		}},
		{"execveat", func(t *testing.T, v string) []string { return helper("execveat", rm, "-f", v) }},
		{"memfd", func(t *testing.T, v string) []string { return helper("memfd", rm, "-f", v) }},
		{"copied", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "cp " + rm + " ./x && ./x -f " + v + "; :"}
		}},
		{"renamed link", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "ln -s " + rm + " ./x && ./x -f " + v + "; :"}
		}},
		{"lying argv[0]", func(t *testing.T, v string) []string {
			need(t, "bash")
			return []string{"bash", "-c", "(exec -a ls " + rm + " -f " + v + "); :"}
		}},
		{"script", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "printf '#!/bin/sh\\nrm -f \"$1\"\\n' > s && chmod +x s && ./s " + v + "; :"}
		}},
		{"program as interpreter", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", "printf '#!" + rm + " -f\\n' > " + v + " && chmod +x " + v + " && " + v + "; :"}
		}},
		{"loader", func(t *testing.T, v string) []string {
			return []string{"sh", "-c", loader(t) + " " + rm + " -f " + v + "; :"}
		}},
		{"own root", func(t *testing.T, v string) []string {
			if os.Geteuid() != 0 {
				t.Skip("chroot needs root")
			}
			return []string{"chroot", "/", "/bin/sh", "-c", "rm -f " + v + "; :"}
		}},
		{"process namespace", func(t *testing.T, v string) []string {
			need(t, "unshare")
			if err := exec.Command("unshare", "-rpf", "--mount-proc", "true").Run(); err != nil {
				t.Skip("this system forbids user namespaces")
			}
			return []string{"unshare", "-rpf", "--mount-proc", "sh", "-c", "rm -f " + v + "; :"}
		}},
		{"user and mount namespaces", func(t *testing.T, v string) []string {
			need(t, "unshare")
			if err := exec.Command("unshare", "-rm", "true").Run(); err != nil {
				t.Skip("this system forbids user namespaces")
			}
			return []string{"unshare", "-rm", "sh", "-c", "cp " + rm + " x; mount --bind x /bin/ls; /bin/ls -f " + v + "; :"}
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := victim(t)
			r := denyProgram("rm", v)
			out, _ := run(t, r, test.argv(t, v)...)
			mustExist(t, v, r)
			if _, n := r.find(func(q Request) bool { return isProgram(q, "rm") }); n == 0 {
				t.Errorf("rm was never judged as rm; judged %q, output %q", r.argvs(), out)
			}
		})
	}
}

func isProgram(q Request, name string) bool {
	return q.Kind == KindArgv && len(q.Argv) > 0 && filepath.Base(q.Argv[0]) == name
}

// denyProgram refuses program when it is given arg.
func denyProgram(program, arg string) *recorder {
	return &recorder{reply: func(q Request) Reply {
		return Reply{Allow: !isProgram(q, program) || !strings.Contains(strings.Join(q.Argv, " "), arg)}
	}}
}

func loader(t *testing.T) string {
	t.Helper()
	for _, pattern := range []string{"/lib64/ld-linux*.so*", "/lib/ld-linux*.so*", "/lib/ld-musl-*"} {
		if found, _ := filepath.Glob(pattern); len(found) > 0 {
			return found[0]
		}
	}
	t.Skip("no dynamic loader")
	return ""
}
