package shellparse

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"
)

// typical are lines of the length and kind that coding agents run.
var typical = []string{
	`ls -la src/components | head -30`,
	`cd /w/app && npm run build 2>&1 | tail -20`,
	`grep -rn "useState" --include="*.tsx" src/ | head -20`,
	`git status --short && git diff --stat`,
	`find . -name "*.go" -not -path "./vendor/*" | xargs wc -l | sort -n | tail -5`,
	`cat package.json | grep -A 10 '"scripts"'`,
	`python3 -m pytest tests/unit/test_models.py -x -q 2>&1 | tail -15`,
	`git add -A && git commit -m "Fix the flaky retry in the uploader"`,
	`sed -n '120,180p' internal/server/handler.go`,
	`mkdir -p build/out && cp -r assets build/out/ && echo done`,
	`curl -s http://localhost:3000/api/health | jq .status`,
	`for f in a b c; do echo "$f"; done`,
	`docker compose ps --format json | jq -r '.[].Name'`,
	`node -e "console.log(require('./package.json').version)"`,
	`X=$(git rev-parse HEAD); echo "at $X"`,
	`go test ./... -run TestParse -count=1`,
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	opts := Options{Dir: "/w", Home: "/home/u"}
	for i := 0; b.Loop(); i++ {
		Parse(typical[i%len(typical)], opts)
	}
}

// sessionLines reads the commands of recorded sessions, which are not part of
// the tree: RESTRAIN_SESSIONS names the file.
func sessionLines(tb testing.TB) []string {
	path := os.Getenv("RESTRAIN_SESSIONS")
	if path == "" {
		tb.Skip("RESTRAIN_SESSIONS does not name a file of recorded sessions")
	}
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var lines []string
	in := bufio.NewScanner(f)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var session struct{ Commands []string }
		if err := json.Unmarshal(in.Bytes(), &session); err != nil {
			tb.Fatal(err)
		}
		lines = append(lines, session.Commands...)
	}
	if err := in.Err(); err != nil {
		tb.Fatal(err)
	}
	return lines
}

func BenchmarkSessions(b *testing.B) {
	lines := sessionLines(b)
	b.ReportAllocs()
	opts := Options{Dir: "/w", Home: "/home/u"}
	for i := 0; b.Loop(); i++ {
		Parse(lines[i%len(lines)], opts)
	}
}

func TestSessionsParse(t *testing.T) {
	lines := sessionLines(t)
	failed, limited, empty := 0, 0, 0
	var worst time.Duration
	for _, line := range lines {
		start := time.Now()
		s := Parse(line, Options{})
		worst = max(worst, time.Since(start))
		if s.Err != nil {
			failed++
			t.Logf("%v: %.150q", s.Err, line)
		}
		if s.Limit != "" {
			limited++
		}
		if len(s.Commands) == 0 {
			empty++
			if s.Err == nil && t.Failed() {
				t.Logf("no command: %.150q", line)
			}
		}
	}
	t.Logf("%d lines: %d with an error, %d cut by a limit, %d without a command, worst %v", len(lines), failed, limited, empty, worst)
	if failed*100 > len(lines) {
		t.Errorf("%d of %d lines do not parse", failed, len(lines))
	}
}
