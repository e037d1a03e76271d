package intercept

import (
	"slices"
	"testing"

	"restrain/internal/slowtest"
)

// What programs do to files is told before it is done, by whatever call and
// from wherever they do it.
func TestFilesOfPrograms(t *testing.T) {
	slowtest.Long(t)
	for _, test := range []struct {
		name string
		argv []string
		want []string
	}{
		{"rm", []string{"rm", "a", "b"}, []string{"unlink a", "unlink b"}},
		{"rm -rf", []string{"rm", "-rf", "d"}, []string{"rmdir d", "rmdir d/e", "unlink d/c", "unlink d/e/f"}},
		{"mv over", []string{"mv", "a", "b"}, []string{"rename a b"}},
		{"mv elsewhere", []string{"mv", "a", "d/new"}, []string{"rename a d/new"}},
		{"ln -sf", []string{"ln", "-sf", "/nowhere", "a"}, []string{"rename new a"}},
		{"truncate -s 0", []string{"truncate", "-s", "0", "a"}, []string{"truncate a"}},
		{"truncate to more", []string{"truncate", "-s", "1000", "a"}, nil},
		{"redirection", []string{"sh", "-c", "echo x > a; : > d/c; echo y > new; echo z > /dev/null; echo s > /dev/stderr"},
			[]string{"truncate a", "truncate d/c"}},
		{"redirection to stdout of a file", []string{"bash", "-c", "exec >> a; echo x > /dev/stdout"}, []string{"truncate a"}},
		{"python", []string{"python3", "-c", "import os, shutil\nos.remove('a'); open('b', 'w'); shutil.rmtree('d')"},
			[]string{"rmdir d", "rmdir d/e", "truncate b", "unlink a", "unlink d/c", "unlink d/e/f"}},
		{"python os.truncate", []string{"python3", "-c", "import os\nos.truncate('a', 2)"}, []string{"truncate a"}},
		{"python dir_fd", []string{"python3", "-c", "import os\nd = os.open('d', os.O_RDONLY)\nos.unlink('c', dir_fd=d); os.rename('e/f', 'g', src_dir_fd=d, dst_dir_fd=d)"},
			[]string{"rename d/e/f d/g", "unlink d/c"}},
		{"python chdir", []string{"python3", "-c", "import os\nos.chdir('d/e'); os.unlink('f'); os.unlink('../c'); os.unlink('../../a')"},
			[]string{"unlink a", "unlink d/c", "unlink d/e/f"}},
		{"python threads", []string{"python3", "-c", "import os\nfrom concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(4) as p: list(p.map(os.unlink, ['a', 'b', 'd/c', 'd/e/f']))"},
			[]string{"unlink a", "unlink b", "unlink d/c", "unlink d/e/f"}},
		{"node", []string{"node", "-e", "const fs = require('fs'); fs.rmSync('d', {recursive: true}); fs.writeFileSync('a', 'x'); fs.renameSync('a', 'b')"},
			[]string{"rename a b", "rmdir d", "rmdir d", "rmdir d/e", "rmdir d/e", "truncate a", "unlink d/c", "unlink d/e/f"}},
		{"node promises", []string{"node", "-e", "const fs = require('fs/promises'); (async () => { await fs.unlink('a'); await fs.rm('b'); await fs.writeFile('d/c', 'x') })()"},
			[]string{"truncate d/c", "unlink a", "unlink b"}},
		{"perl", []string{"perl", "-e", "unlink glob '*'; open F, '>', 'd/c'; rename 'd/e/f', 'd/c'"},
			[]string{"rename d/e/f d/c", "truncate d/c", "unlink a", "unlink b"}},
		{"through links", []string{"sh", "-c", "ln -s d l; ln -s ../b d/up; rm l/c; echo x > l/up; rm l/up"},
			[]string{"truncate b", "unlink d/c"}},
		{"find -delete", []string{"find", "d", "-type", "f", "-delete"}, []string{"unlink d/c", "unlink d/e/f"}},
		{"own process directory", []string{"sh", "-c", "cd d; rm /proc/self/cwd/../a /proc/self/cwd/c"}, []string{"unlink a", "unlink d/c"}},
		{"sed -i", []string{"sed", "-i", "s/content/x/", "a"}, []string{"rename new a"}},
		{"git", []string{"sh", "-c", "git init -q . && git add a b && git -c user.name=a -c user.email=a commit -qm x && echo y >> a && git checkout -q -- a && git clean -fdq"},
			[]string{"rmdir d", "rmdir d/e", "unlink a", "unlink d/c", "unlink d/e/f"}},
		{"dd", []string{"dd", "if=/dev/null", "of=a", "status=none"}, []string{"truncate a"}},
		{"cp over", []string{"cp", "a", "b"}, []string{"truncate b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := oldFiles(t, "a", "b", "d/c", "d/e/f")
			w := fromNow(t)
			argv := append([]string{need(t, test.argv[0])}, test.argv[1:]...)
			out, status := runFiles(t, w, dir, argv...)
			got := w.told(dir)
			if status != 0 || !slices.Equal(got, test.want) {
				t.Errorf("status %d, output %q, told %q; want %q", status, out, got, test.want)
			}
		})
	}
}
