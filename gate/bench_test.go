//go:build unix

package gate

import (
	"bufio"
	"encoding/json"
	"os"
	"restrain/trust"
	"testing"
	"time"
)

// typical are lines as coding agents write them.
var typical = []string{
	"ls -la src",
	"cd web && npm run build 2>&1 | tail -20",
	`grep -rn "useSession" src --include="*.ts" | head -30`,
	"git status --short && git diff --stat",
	`git commit -m "$(cat <<'EOF'` + "\nFix the parser\n\nIt dropped the last token.\nEOF\n)\"",
	"go test ./... -run TestParse -count=1",
	"sed -n '120,180p' internal/server/handler.go",
	"find . -name '*.py' -not -path './.venv/*' | xargs wc -l | sort -n | tail",
	"curl -s http://localhost:8080/api/health | jq .status",
	"rm -rf dist && pnpm install && pnpm test",
	"python3 - <<'EOF'\nimport json\nprint(len(json.load(open('data.json'))))\nEOF",
	"docker compose up -d db && sleep 2 && psql \"$DATABASE_URL\" -c 'select 1'",
}

// BenchmarkJudge reads, scores and decides on one line. With RESTRAIN_SESSIONS
// naming a file of sessions it uses the commands of that.
func BenchmarkJudge(b *testing.B) {
	policy := testPolicy(b)
	lines := typical
	if path := os.Getenv("RESTRAIN_SESSIONS"); path != "" {
		lines = commandsOf(b, path)
	}
	session := policy.NewSession()
	now := time.Unix(0, 0)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		request := Request{Line: lines[i%len(lines)]}
		step, _ := policy.Read(&request, trust.Past{})
		policy.Judge(session, &step, now)
	}
}

func commandsOf(b *testing.B, path string) []string {
	b.Helper()
	file, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var lines []string
	for decoder := json.NewDecoder(bufio.NewReader(file)); decoder.More(); {
		var session struct{ Commands []string }
		if err := decoder.Decode(&session); err != nil {
			b.Fatal(err)
		}
		lines = append(lines, session.Commands...)
	}
	return lines
}
