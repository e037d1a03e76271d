package secret

import (
	"fmt"
	"strings"
	"testing"
)

func TestNoVerbPrintsAValue(t *testing.T) {
	v := New("RAILWAY_TOKEN", "hunter2hunter2", Origin{Path: "/p/.env", Line: 3})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		if got := fmt.Sprintf(verb, v); strings.Contains(got, "hunter2") || !strings.Contains(got, "/p/.env:3") {
			t.Errorf("%s gives %s", verb, got)
		}
	}
}
