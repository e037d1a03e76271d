//go:build unix

package gate

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"restrain/journal"
	"restrain/prompt"
)

// sentRequest is a request on the network.
func sentRequest(method, url, body string, of *Permit) Request {
	argv := []string{"curl", "-X", method, "-H", "Authorization: Bearer tok-hush-0123456789abcdef"}
	if body != "" {
		argv = append(argv, "--data-raw", body)
	}
	name, _, _ := strings.Cut(url, "?")
	return Request{Door: "wire", Argv: append(argv, "--url", url), Dir: "/w", Home: "/home/dev", Live: true,
		Sent: &Sent{Name: method + " " + name, Key: method + url + body}, Lineage: Lineage{Of: of}}
}

// A request is part of a step where its text showed it, or a human approved what
// it does.
func TestSentPart(t *testing.T) {
	const railway = "https://backboard.railway.app/graphql/v2"
	volume := func(id string) string { return `{"query":"mutation { volumeDelete(volumeId: \"` + id + `\") }"}` }
	for _, tt := range []struct {
		name, line        string
		method, url, body string
		part              bool
	}{
		{"what the text showed", "curl -X DELETE https://api.heroku.com/apps/shop", "DELETE", "https://api.heroku.com/apps/shop", "", true},
		{"another thing", "curl -X DELETE https://api.heroku.com/apps/shop", "DELETE", "https://api.heroku.com/apps/site", "", false},
		{"another host", "curl -X DELETE https://api.heroku.com/apps/shop", "DELETE", "https://api.render.com/apps/shop", "", false},
		{"an operation that the text showed", "curl " + railway + " -d '" + volume("v-1") + "'", "POST", railway, `{"variables":{},"query":"mutation{volumeDelete(volumeId:\"v-1\")}"}`, true},
		{"the same of another thing", "curl " + railway + " -d '" + volume("v-1") + "'", "POST", railway, volume("v-2"), false},
		{"code with the same words", `python3 -c 'import requests; requests.delete("https://api.heroku.com/apps/shop")'`, "DELETE", "https://api.heroku.com/apps/shop", "", true},
		{"a tool that names it", "gh repo delete acme/site --yes", "DELETE", "https://api.github.com/repos/acme/site", "", true},
		{"a tool that names another", "gh repo delete acme/site --yes", "DELETE", "https://api.github.com/repos/acme/shop", "", false},
		{"a tool that names nothing", "terraform destroy -auto-approve", "POST", "https://ec2.us-east-1.amazonaws.com/", "Action=TerminateInstances&InstanceId.1=i-1", true},
		{"a harmless request", "make", "GET", "https://api.heroku.com/apps/shop", "", true},
		{"a step with nothing about it", "make", "DELETE", "https://api.heroku.com/apps/shop", "", false},
		{"a step that destroys files", "rm -rf /srv/data/shop", "DELETE", "https://api.heroku.com/apps/site", "", false},
	} {
		h := approving()
		g := testGate(t, h)
		step, err := g.Judge(context.Background(), Request{Door: "exec", Line: tt.line, Dir: "/w", Home: "/home/dev", Live: true})
		if err != nil || step.Permit == nil {
			t.Fatalf("%s: %s, %v", tt.line, step.Outcome, err)
		}
		d, err := g.Judge(context.Background(), sentRequest(tt.method, tt.url, tt.body, step.Permit))
		if err != nil || d.Part != tt.part {
			t.Errorf("%s: part %t (%s), %v", tt.name, d.Part, d.Reason, err)
		}
	}
}

// No body and no secret is kept of a request.
func TestSentLeavesNoBody(t *testing.T) {
	g := testGate(t, approving())
	for _, r := range []Request{
		sentRequest("POST", "https://backboard.railway.app/graphql/v2?key=hush-query", `{"query":"mutation { volumeDelete(volumeId: \"v-1\") }","note":"hush-body"}`, nil),
		sentRequest("POST", "https://shop.example.com/query", `{"sql":"DROP TABLE hush_body; -- hush-body"}`, nil),
		sentRequest("PUT", "https://api.heroku.com/apps/shop", "hush-body", nil),
	} {
		if _, err := g.Judge(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	err := filepath.WalkDir(g.Store.Dir(), func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, word := range []string{"hush-body", "tok-hush", "hush-query"} {
			if strings.Contains(string(text), word) {
				t.Errorf("%s has %s", entry.Name(), word)
			}
		}
		return err
	})
	list := entries(t, g)
	if err != nil || len(list) != 3 || list[0].Command != "POST https://backboard.railway.app/graphql/v2 (mutation volumeDelete)" || list[0].Kind != journal.Step {
		t.Errorf("%v %+v", err, list)
	}
}

// What was denied is denied again, whatever header changed.
func TestSentDeniedAgain(t *testing.T) {
	h := &human{answer: prompt.Answer{By: prompt.ByTerminal}}
	g := testGate(t, h)
	r := sentRequest("DELETE", "https://api.heroku.com/apps/shop", "", nil)
	for i := range 2 {
		r.Argv = append([]string{"curl", "-H", "X-Request-Id: " + strings.Repeat("x", i+1)}, r.Argv[1:]...)
		d, err := g.Judge(context.Background(), r)
		if err != nil || d.Outcome != Deny {
			t.Fatalf("%s %v", d.Outcome, err)
		}
	}
	if len(h.asked) != 1 {
		t.Errorf("asked %d times", len(h.asked))
	}
	if what := g.What(r); !strings.Contains(what, "deletes infrastructure") {
		t.Errorf("it is said to be %q", what)
	}
}

// A persona's limits hold for the requests of any program.
func TestSentLimits(t *testing.T) {
	policy := personaPolicy(t, "[[persona]]\nid = \"near\"\ntitle = \"near\"\nallow = [\"*\"]\nlimits = [{ class = \"http.*\", hosts = [\"*.internal\"] }]\n", "near")
	if !policy.LimitsHosts() || personaPolicy(t, "", "coding").LimitsHosts() {
		t.Error("who limits hosts is not told")
	}
	for url, want := range map[string]Outcome{"https://a.internal/x": Run, "https://api.example.com/x": Deny} {
		g := testGate(t, nil)
		g.Policy, g.Asker = policy, nil
		step, err := g.Judge(context.Background(), Request{Door: "exec", Line: "make", Dir: "/w", Home: "/home/dev", Live: true})
		if err != nil {
			t.Fatal(err)
		}
		if d, err := g.Judge(context.Background(), sentRequest("GET", url, "", step.Permit)); err != nil || d.Outcome != want {
			t.Errorf("%s: %s, %v", url, d.Outcome, err)
		}
	}
}
