package hook

import (
	"strings"
	"testing"

	"restrain/internal/slowtest"
)

// What tools of servers are given, by kind, and the commands that say the same.
func TestShapes(t *testing.T) {
	tests := []struct{ tool, input, want string }{
		{"mcp__fetch__request", `{"url":"https://api.x.test/a","method":"delete"}`, "curl -X DELETE https://api.x.test/a"},
		{"mcp__rest__call", `{"request":{"uri":"https://api.x.test/a","httpMethod":"PUT","headers":{"A":"b"},"body":{"c":1}}}`, `curl -X PUT https://api.x.test/a -d {"c":1} -H A: b`},
		{"mcp__rest__call", `{"request":{"verb":"DELETE","target":{"url":"https://api.x.test/a"}}}`, "curl -X DELETE https://api.x.test/a; curl https://api.x.test/a"},
		{"mcp__fetch__fetch", `{"uri":"https://api.x.test/a","init":{"method":"delete"}}`, "curl -X DELETE https://api.x.test/a"},
		{"mcp__render__api", `{"path":"/v1/services/s","method":"DELETE"}`, "curl -X DELETE https://api.render.com/v1/services/s"},
		{"mcp__fetch__get", `{"url":"https://x.test"}`, "curl https://x.test"},
		{"mcp__railway__graphql", `{"query":"mutation { volumeDelete(volumeId: 1) }"}`, `curl https://api.railway.com/graphql -d {"query":"mutation { volumeDelete(volumeId: 1) }"}`},
		{"mcp__railway__graphql", `{"a":[{"b":{"doc":"mutation X($id: ID!) { volumeDelete(volumeId: $id) }"}}]}`, `curl https://api.railway.com/graphql -d {"query":"mutation X($id: ID!) { volumeDelete(volumeId: $id) }"}`},
		{"mcp__railway__graphql", `{"query":"{ projects { id } }"}`, ""},
		{"mcp__notes__add", `{"text":"mutation testing is { fun }"}`, ""},
		{"mcp__pg__q", `{"params":{"text":"DELETE FROM orders"}}`, "psql -c DELETE FROM orders"},
		{"mcp__pg__q", `{"sql":"-- all\n drop table x"}`, "psql -c -- all\n drop table x"},
		{"mcp__pg__q", `{"batch":["SELECT 1 FROM a","UPDATE a SET b = 1"]}`, "psql -c SELECT 1 FROM a; psql -c UPDATE a SET b = 1"},
		{"mcp__pg__q", `{"sql":"USE a; DROP TABLE b"}`, "psql -c USE a; DROP TABLE b"},
		{"mcp__pg__q", `{"sql":"BEGIN; TRUNCATE a; COMMIT"}`, "psql -c BEGIN; TRUNCATE a; COMMIT"},
		{"mcp__pg__q", `{"sql":"SELECT 1; TRUNCATE b"}`, "psql -c SELECT 1; TRUNCATE b"},
		{"mcp__pg__q", `{"sql":"MERGE a USING b ON a.i = b.i WHEN MATCHED THEN DELETE"}`, "psql -c MERGE a USING b ON a.i = b.i WHEN MATCHED THEN DELETE"},
		{"mcp__docs__ask", `{"query":"set the flag; then merge using a tool"}`, ""},
		{"mcp__docs__ask", `{"query":"delete from a set in C++"}`, ""},
		{"mcp__docs__ask", `{"query":"drop the old table and update set text"}`, ""},
		{"mcp__docs__ask", `{"query":"how to delete a branch in git"}`, ""},
		{"mcp__x__run", `{"commands":["ls","rm -rf a"]}`, "sh -c ls; sh -c rm -rf a"},
		{"mcp__x__run", `{"command":"rm","args":["-rf","a"]}`, "rm -rf a"},
		{"mcp__x__run", `{"argv":["rm","-rf","a b"]}`, "rm -rf a b"},
		{"mcp__x__run", `{"opts":{"script":"rm -rf a"}}`, "sh -c rm -rf a"},
		{"mcp__x__run", `{"payload":"{\"command\":\"rm -rf a\"}"}`, "sh -c rm -rf a"},
		{"mcp__fs__delete_directory", `{"path":"a"}`, "rm -rf a"},
		{"mcp__fs__removePaths", `{"paths":["a","-b"]}`, "rm -rf a; rm -rf ./-b"},
		{"mcp__fs__list_files", `{"path":"a"}`, "cat a"},
		{"mcp__fs__get_file_info", `{"path":"a"}`, "cat a"},
		{"mcp__fs__append_to_file", `{"file":"a","content":"rm -rf b"}`, "tee a"},
		{"mcp__browser__tab_close", `{"index":1}`, ""},
		{"mcp__octokit__request", `{"route":"DELETE /repos/{owner}/{repo}","parameters":{"owner":"a","repo":"b"}}`, "curl -X DELETE https://api.github.com/repos/a/b"},
		{"mcp__gitlab__batch", `{"requests":["GET /p/1","DELETE /p/2"]}`, "curl -X GET https://api.gitlab.com/p/1; curl -X DELETE https://api.gitlab.com/p/2"},
		{"mcp__linear__create", `{"title":"DELETE /users"}`, ""},
		{"mcp__kubernetes__generic", `{"command":"delete","resourceType":"pvc","name":"d","flags":{"wait":false}}`, "kubectl delete pvc d --wait=false"},
		{"mcp__k8s__resources_delete", `{"kind":"Namespace","name":"n"}`, "kubectl delete namespace n"},
		{"mcp__aws__use", `{"service_name":"s3","operation_name":"delete_bucket","parameters":{"Bucket":"b"}}`, "aws s3api delete-bucket --Bucket=b"},
		{"mcp__gcloud__run", `{"args":["compute","instances","delete","v"]}`, "gcloud compute instances delete v"},
		{"mcp__docker__manage", `{"action":"rm","resource":"volume","name":"-v"}`, "docker volume rm ./-v"},
		{"mcp__kubectl__run", `{"command":"delete ns x"}`, "sh -c delete ns x; sh -c kubectl delete ns x"},
		{"mcp__docker__exec", `{"command":"rm x y"}`, "sh -c rm x y"},
		{"mcp__mongodb__aggregate", `{"collection":"o","pipeline":[{"$out":"c"}]}`, `mongosh --eval db.getCollection("o").aggregate([{"$out":"c"}])`},
		{"mcp__mongodb__delete-many", `{"collection":"o"}`, `mongosh --eval db.getCollection("o").deleteMany({})`},
		{"mcp__playwright__browser_evaluate", `{"function":"async () => x()"}`, "node -e (async () => x())()"},
		{"mcp__puppeteer__evaluate", `{"script":"x()"}`, "node -e x()"},
		{"mcp__sandbox__run_code", `{"language":"python","code":"f()"}`, "python3 -c f()"},
	}
	for _, tt := range tests {
		event := `{"session_id":"s","cwd":"/w","hook_event_name":"PreToolUse","tool_name":"` + tt.tool + `","tool_input":` + tt.input + `}`
		_, e, err := Agent{Name: "claude", schema: claude()}.Read([]byte(event))
		var got []string
		for _, argv := range e.Commands {
			if argv[0] != "mcp" {
				got = append(got, strings.Join(argv, " "))
			}
		}
		if line := strings.Join(got, "; "); err != nil || line != tt.want {
			t.Errorf("%s %s\n  got %s (error %v)\n want %s", tt.tool, tt.input, line, err, tt.want)
		}
	}
}

func TestShapesAreBounded(t *testing.T) {
	slowtest.Alone(t)
	deep := strings.Repeat(`{"a":`, 2_000) + `"DROP TABLE x"` + strings.Repeat("}", 2_000)
	wide := `{"a":[` + strings.TrimSuffix(strings.Repeat(`"rm x",`, 50_000), ",") + `]}`
	for _, input := range []string{deep, wide} {
		_, e, err := Agent{Name: "claude", schema: claude()}.Read([]byte(`{"session_id":"s","cwd":"/w","hook_event_name":"PreToolUse","tool_name":"mcp__x__y","tool_input":` + input + `}`))
		if err != nil || len(e.Commands) > maxShapeValues+1 {
			t.Errorf("%d commands, error %v", len(e.Commands), err)
		}
	}
}

// An edit of git's configuration is what git config would do.
func TestGitSettings(t *testing.T) {
	tests := []struct{ tool, input, want string }{
		{"MultiEdit", `{"file_path":"/w/.git/config","edits":[{"old_string":"[a]\n\tb = x","new_string":"[core]\n\tfsmonitor = rm x"}]}`, "git config core.fsmonitor rm x"},
		{"Write", `{"file_path":"/home/u/.gitconfig","content":"[alias]\nst = !rm x\n"}`, "git config alias.st !rm x"},
		{"Write", `{"file_path":"/w/config","content":"[alias]\nst = !rm x\n"}`, ""},
	}
	for _, tt := range tests {
		_, e, err := Agent{Name: "claude", schema: claude()}.Read([]byte(`{"session_id":"s","cwd":"/w","hook_event_name":"PreToolUse","tool_name":"` + tt.tool + `","tool_input":` + tt.input + `}`))
		got := ""
		if len(e.Commands) > 0 && e.Commands[0][0] == "git" {
			got = strings.Join(e.Commands[0], " ")
		}
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q (error %v), want %q", tt.input, got, err, tt.want)
		}
	}
}

// PowerShell's tool is told by its name, whatever its line looks like.
func TestPowerShellTool(t *testing.T) {
	_, e, err := Agent{Name: "claude", schema: claude()}.Read([]byte(`{"session_id":"s","cwd":"/w","hook_event_name":"PreToolUse","tool_name":"PowerShell","tool_input":{"command":"rm x"}}`))
	if err != nil || len(e.Lines) != 0 || len(e.Commands) != 1 || strings.Join(e.Commands[0], " ") != "powershell -Command rm x" {
		t.Errorf("lines %q, commands %q, error %v", e.Lines, e.Commands, err)
	}
}
