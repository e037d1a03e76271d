package classify

import (
	"strings"
	"testing"
)

// A value that the line spells out is no secret of the environment.
func TestGivenVariablesAreNoSecret(t *testing.T) {
	print := `node -e "console.log(process.env.API_KEY)"`
	for line, read := range map[string]bool{
		print:                                        true,
		"export API_KEY=abc123 && " + print:          false,
		"API_KEY=abc123 " + print:                    false,
		"export API_KEYS=abc123 && " + print:         true,
		"API_KEY=$(cat x) " + print:                  true,
		"export API_KEY && " + print:                 true,
		print + "; export API_KEY=abc123":            true,
		"export API_KEY=\"$(pass api)\" && " + print: true,
	} {
		if got := strings.Contains(rulesOf(line), "environment-credential"); got != read {
			t.Errorf("%s: read %v, want %v", line, got, read)
		}
	}
}
