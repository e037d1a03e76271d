package intercept

import (
	"strings"
	"testing"
)

// What becomes of a runtime whose shell was denied: it hears of a command that
// ended with 126 and of the reason. Who knows what to say of a command that
// cannot be run says so itself, and nothing but a shell ends.
func TestDeniedShellEnds(t *testing.T) {
	for _, test := range []struct {
		name, program string
		args          []string
		want          []string
		status        int
	}{
		{"python, forked", "python3", []string{"-c", "import os\npid = os.fork()\nif pid == 0: os.execv('/bin/sh', ['sh', '-c', 'rm victim'])\nprint('status', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"}, []string{"the reason", "status 126"}, 0},
		{"python, subprocess", "python3", []string{"-c", "import subprocess\nprint('status', subprocess.run(['/bin/sh', '-c', 'rm victim']).returncode)"}, []string{"the reason", "status 126"}, 0},
		{"python, in threads", "python3", []string{"-c", "import subprocess\nfrom concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(8) as p: print('statuses', set(p.map(lambda i: subprocess.run(['/bin/sh', '-c', 'rm victim']).returncode, range(32))))"}, []string{"the reason", "statuses {126}"}, 0},
		{"node", "node", []string{"-e", "const c = require('child_process').spawn('/bin/sh', ['-c', 'rm victim']); let e = ''; c.stderr.on('data', d => e += d); c.on('close', (s) => console.log('closed', s, e))"}, []string{"closed 126 the reason"}, 0},
		{"a shell", "bash", []string{"-c", "/bin/sh -c 'rm victim'; echo status $?"}, []string{"the reason", "status 126"}, 0},
		{"env, in place", "env", []string{"sh", "-c", "rm victim"}, []string{"the reason", "env:"}, 126},
		{"python, in place", "python3", []string{"-c", "import os\ntry: os.execv('/bin/sh', ['sh', '-c', 'rm victim'])\nexcept PermissionError: print('goes on')"}, []string{"the reason", "goes on"}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := &recorder{reply: func(q Request) Reply {
				return Reply{Allow: q.Line != "rm victim", Message: "the reason"}
			}}
			out, status := run(t, r, append([]string{need(t, test.program)}, test.args...)...)
			for _, want := range test.want {
				if status != test.status || !strings.Contains(out, want) {
					t.Errorf("status %d, output %q; want %d and %q", status, out, test.status, want)
				}
			}
		})
	}
}
