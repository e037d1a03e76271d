package code

import (
	"strings"
	"testing"
)

// What a module gives stands for its name in the code that imports it.
func TestModules(t *testing.T) {
	for _, tt := range []struct{ lang, module, text, want string }{
		{"python", "DS = ['x', 'y']\n", "import config\nfor d in config.DS:\n    rm(d)\n", "rm ( y )"},
		{"python", "def wipe(d):\n    rm(d)\n", "from h import wipe\nwipe('x')\n", "rm ( x )"},
		{"javascript", "module.exports = { DS: ['x', 'y'] };\n", "const { DS } = require('./c');\nDS.forEach(d => rm(d));", "rm ( y )"},
		{"javascript", "module.exports = { DS: ['x', 'y'] };\n", "const c = require('./c');\nfor (const d of c.DS) rm(d);", "rm ( y )"},
		{"javascript", "function wipe(d) { rm(d) }\nfunction other(d) { rm(d) }\nmodule.exports = { wipe, other };\n", "const h = require('./h');\nh.wipe('x');", "rm ( x )"},
	} {
		got := spelled(Read(tt.lang, tt.module+tt.text, Program{Modules: len(tt.module)}))
		if !strings.Contains(got, tt.want) || strings.Contains(got, "rm ( d )") {
			t.Errorf("%s: %q\n got %s\nwant %s", tt.lang, tt.module+tt.text, got, tt.want)
		}
	}
}
