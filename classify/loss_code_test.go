package classify

import (
	"strings"
	"testing"

	"restrain/internal/slowtest"
)

// What other languages' code deletes by a name or a pattern is known, and can be
// kept; what it does elsewhere, or to names that it works out, cannot.
func TestLossesOfCode(t *testing.T) {
	slowtest.Long(t)
	t.Parallel()
	const all, some = "tree drafts", "file drafts/a.txt, file drafts/b.txt"
	for _, tt := range []struct {
		line, want string
		keepable   bool
	}{
		{`python3 -c "import shutil; shutil.rmtree('drafts')"`, all, true},
		{`python3 -c "from pathlib import Path; Path('drafts/a.txt').unlink()"`, "file drafts/a.txt", true},
		{"python3 -c \"import os, glob\nfor f in glob.glob('drafts/*.txt'): os.remove(f)\"", some, true},
		{"python3 -c \"from pathlib import Path\nfor p in Path('drafts').glob('*.txt'): p.unlink()\"", some, true},
		{"python3 -c \"import os\nfor f in os.listdir('drafts'): os.remove(os.path.join('drafts', f))\"", all, true},
		{"python3 -c \"import os, shutil\nos.chdir('..')\nshutil.rmtree('drafts')\"", all, false},
		{"python3 -c \"import os, sys\nos.remove('drafts/' + sys.argv[1])\" a.txt", "file drafts/a.txt", true},
		{`node -e "require('fs').rmSync('drafts',{recursive:true})"`, all, true},
		{`node -e "const fs=require('fs'); for (const f of fs.readdirSync('drafts')) fs.unlinkSync('drafts/'+f)"`, all, true},
		{`perl -e 'unlink glob "drafts/*.txt"'`, some, true},
		{`perl -e 'unlink for glob("drafts/*.txt")'`, some, true},
		{`perl -e 'unlink $_ for sort glob("drafts/*.txt")'`, some, true},
		{`perl -e 'my $n = shift // 0; my @f = glob("drafts/*.txt"); unlink @f'`, some, true},
		{`perl -e 'unlink("drafts/a.txt", "drafts/b.txt")'`, some, true},
		{`ruby -e 'File.unlink(*Dir["drafts/*.txt"])'`, some, true},
		{`ruby -rfileutils -e 'FileUtils.rm_rf("drafts")'`, all, true},
		{`php -r 'array_map("unlink", glob("drafts/*"));'`, some, true},
	} {
		p := newPlace(t)
		p.file("drafts/a.txt", "one\n")
		p.file("drafts/b.txt", "two\n")
		step := p.judge(tt.line)
		if got := p.losses(&step); got != tt.want {
			t.Errorf("%s: loses %q, want %q", tt.line, got, tt.want)
		}
		for i := range step.Actions {
			if a := &step.Actions[i]; a.Finding != nil && strings.HasPrefix(string(a.Class), "file.") && a.Keepable != tt.keepable {
				t.Errorf("%s: %s is keepable: %t", tt.line, a.Class, a.Keepable)
			}
		}
	}
}
