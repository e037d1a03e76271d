package gate

import (
	"fmt"
	"strings"

	"restrain/secret"
	"restrain/trust"
)

// aroundText says which denied step is worked around, and by what of it; a path
// as it is called in dir.
func aroundText(w *trust.WorkAround, dir string) string {
	text := fmt.Sprintf("works around step %d, denied at %s: the same %s", w.Step, w.Time.Format("15:04:05"), w.Kind)
	name := w.Object
	if below, ok := strings.CutPrefix(name, dir+"/"); ok && dir != "" {
		name = below
	}
	if name != "" {
		text += " " + secret.Redact(name)
	}
	return text
}
