package classify

import (
	"strings"
	"testing"
)

// TestShippedSeverity judges lines whose severity hangs on more than one rule's
// words: on the directory, on the code that builds the line, on what is named.
func TestShippedSeverity(t *testing.T) {
	for _, tt := range []struct {
		line string
		want Severity
	}{
		{`cd $STAGE; rm -rf ./*`, High},
		{`cd $STAGE && find . -delete`, High},
		{`cd "${STAGE:?}"; rm -rf *`, Medium},
		{`cd $STAGE && rm -rf cache`, Medium},
		{`cd "$(mktemp -d)" && rm -rf *`, None},
		{`python3 -c "import os; os.system('rm -rf ' + os.environ['HOME'])"`, Critical},
		{`perl -e 'system("rm -rf $ENV{HOME}")'`, Critical},
		{`php -r 'exec("rm -rf " . getenv("HOME"));'`, Critical},
		{`rm -rf "${OUT:-dist}"/*`, None},
		{`rm -rf "${OUT:-}"/*`, High},
		{`rm -rf "${OUT:-/}"/*`, Critical},
		{`find "${OUT:-/}" -delete`, Critical},
		{`rm -rf "${OUT:-/tmp/x}"`, None},
		{`git clean -fdx build/`, None},
		{`git clean -fdx build/ src`, Medium},
		{`aws rds delete-db-instance help`, None},
		{`aws rds delete-db-instance --db-instance-identifier help`, Critical},
		{`rails r -e production 'User.delete_all'`, High},
		{`docker compose -f prod.yml exec -T db psql shop < drop.sql`, High},
	} {
		step := judge(Shipped(), tt.line)
		got := None
		for _, a := range step.Actions {
			got = max(got, a.Severity)
		}
		if got != tt.want {
			t.Errorf("%s: %v, want %v (%s)", tt.line, got, tt.want, strings.TrimSpace(rules(step)))
		}
	}
}
