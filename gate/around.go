package gate

import (
	"fmt"
	"time"

	"restrain/classify"
	"restrain/trust"
)

// aroundText says which denied step is worked around, and by what of it.
func aroundText(w *trust.WorkAround) string {
	text := fmt.Sprintf("works around step %d, denied at %s: the same %s", w.Step, w.Time.Format("15:04:05"), w.Kind)
	if w.Object != "" {
		text += " " + classify.Redact(w.Object)
	}
	return text
}
