package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/xeipuuv/gojsonschema"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
	"pgregory.net/rapid"

	"restrain/internal/slowtest"
	"restrain/prompt"
)

// written gives sessions in a format.
func written(t testing.TB, format string, sessions ...Session) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, format, sessions...); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// guarded is a session in CI with a step of each fate.
func guarded() Session {
	s := sample()
	s.Live, s.Script, s.Journal = true, "ci/agent one.sh", "restrain/sessions/7f3a/journal.jsonl"
	denied := &s.Steps[8]
	denied.Fate, denied.Answer, denied.Line, denied.Entry = Denied, "denied (ci)", 12, 10
	observed, approved, again := *denied, *denied, *denied
	observed.Number, observed.Fate, observed.Severity, observed.Line, observed.Command = 10, Observed, "medium", 0, "git reset --hard"
	observed.Rules = []Rule{{"git-reset", "throws work away", ""}}
	approved.Number, approved.Fate, approved.Answer = 11, Approved, "approved (approval): .restrain.toml of 1a2b3c4"
	again.Number = 12
	s.Steps = append(s.Steps, observed, approved, again)
	return s
}

// pieces are what an agent may write to leave its place in some format.
var pieces = []string{
	"\n::error::owned", "\r::set-output name=x::y", "::add-mask::", "%0A::error::", "]]>", "<!--", "<script>alert(1)</script>",
	"\x1b[2J", "\x00", "\u202e", "\u2028", "\xff", "\ufffe", "\U0001f1e9", "|", "\n| x | y |", "`", "</code>", "[a](https://evil.example/)",
	"![a](https://evil.example/)", "https://evil.example/x", "www.evil.example", "@somebody", "#1", "<https://evil.example>",
	"&lt;img&gt;", "&#60;", "\"", "'", "\\", "\n# h", "\n```\n", "\n- x", "export API_TOKEN=sk-fake0123456789abcdefghijklmnop ", "ordinary words",
}

func hostileGuarded(t *rapid.T) Session {
	s := guarded()
	text := func(what string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 6).Draw(t, what), "")
	}
	s.ID, s.Agent, s.Persona, s.Script, s.Notes = text("id"), text("agent"), text("persona"), text("script"), []string{text("note")}
	for i := range s.Steps {
		step := &s.Steps[i]
		step.Command, step.Reason, step.Answer, step.Dir, step.Note = text("command"), text("reason"), text("answer"), text("dir"), text("step note")
		step.Rules, step.Evidence, step.Attack = []Rule{{text("rule"), text("description"), text("why")}}, []string{text("evidence")}, []string{text("attack")}
		step.Severity, step.Sequence = text("severity"), text("sequence")
	}
	return s
}

// The check itself is not satisfied by everything.
func TestSARIFIsChecked(t *testing.T) {
	text := written(t, SARIF, guarded())
	for _, change := range [][2]string{{`"level": "error"`, `"level": "fatal"`}, {`"ruleIndex"`, `"ruleNumber"`}, {`"startLine": 12`, `"startLine": 0`}} {
		if wrong := strings.Replace(text, change[0], change[1], 1); wrong == text || validSARIF(wrong) == nil {
			t.Errorf("%s is taken for valid", change[1])
		}
	}
}

// No text of an agent leaves its place, in any format, and no secret is shown.
func TestFormatsAreSafe(t *testing.T) {
	slowtest.Alone(t)
	rapid.Check(t, func(t *rapid.T) {
		s := hostileGuarded(t)
		for _, format := range Formats() {
			var b strings.Builder
			if err := Write(&b, format, s, s); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if !utf8.ValidString(text) {
				t.Fatalf("%s is no UTF-8", format)
			}
			for _, bad := range []string{"\x1b", "\x00", "\r", "\u202e", "\u2028", "\ufffe", "fake0123456789"} {
				if strings.Contains(text, bad) {
					t.Fatalf("%s has %q", format, bad)
				}
			}
			if err := wellFormed(format, text); err != nil {
				t.Fatalf("%s: %v\n%s", format, err, text)
			}
		}
	})
}

// wellFormed reads a report as its reader would.
func wellFormed(format, text string) error {
	switch format {
	case SARIF:
		return validSARIF(text)
	case JSON, GitLab:
		var any any
		return json.Unmarshal([]byte(text), &any)
	case JUnit:
		var suites junitSuites
		return xml.Unmarshal([]byte(text), &suites)
	case GitHub:
		for line := range strings.Lines(text) {
			if !workflowCommand.MatchString(line) {
				return errors.New("no command of ours: " + line)
			}
		}
	case Summary:
		return inertMarkdown(text)
	}
	return nil
}

var workflowCommand = regexp.MustCompile(`^::(error|warning) (file=[^,:]*,line=\d+,)?title=restrain%3A [^,:]*::[^\n\r]*\n$|^::(error|warning) title=restrain::\d+ more steps? are in the job summary\n$`)

// validSARIF checks a text against the official schema.
func validSARIF(text string) error {
	schema, err := sarifSchema()
	if err != nil {
		return err
	}
	result, err := schema.Validate(gojsonschema.NewStringLoader(text))
	if err != nil || result.Valid() {
		return err
	}
	return fmt.Errorf("not valid: %v", result.Errors())
}

// sarifSchema is the schema that go-sarif has in its source. Its own Validate
// checks only what it would write itself.
var sarifSchema = sync.OnceValues(func() (*gojsonschema.Schema, error) {
	dir, err := exec.Command("go", "list", "-f", "{{.Dir}}", reflect.TypeFor[sarif.Report]().PkgPath()).Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(strings.TrimSpace(string(dir)), "schema.go"), nil, 0)
	if err != nil {
		return nil, err
	}
	text := ""
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && spec.Names[0].Name == "schema" {
			text = strings.Trim(spec.Values[0].(*ast.BasicLit).Value, "`")
		}
		return true
	})
	return gojsonschema.NewSchema(gojsonschema.NewStringLoader(text))
})

// inertMarkdown renders a summary as GitHub does, and wants no element that is
// not ours.
func inertMarkdown(text string) error {
	var b strings.Builder
	markdown := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := markdown.Convert([]byte(text), &b); err != nil {
		return err
	}
	for _, tag := range regexp.MustCompile(`<(/?[a-zA-Z!][^>\s]*)`).FindAllStringSubmatch(b.String(), -1) {
		switch strings.TrimPrefix(tag[1], "/") {
		case "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "br", "ul", "li":
		default:
			return errors.New("an element <" + tag[1] + ">")
		}
	}
	if cells := strings.Count(b.String(), "<td"); cells%5 != 0 {
		return errors.New("a row has a cell too many")
	}
	return nil
}

type junitSuites struct {
	Suites []struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Cases    []struct {
			Name    string `xml:"name,attr"`
			Failure *struct {
				Type    string `xml:"type,attr"`
				Message string `xml:"message,attr"`
			} `xml:"failure"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func TestJUnit(t *testing.T) {
	var suites junitSuites
	if err := xml.Unmarshal([]byte(written(t, JUnit, guarded())), &suites); err != nil {
		t.Fatal(err)
	}
	suite := suites.Suites[0]
	if suite.Tests != 12 || suite.Failures != 2 || suite.Skipped != 1 || len(suite.Cases) != 12 {
		t.Errorf("got %+v", suite)
	}
	denied, observed, approved := suite.Cases[8], suite.Cases[9], suite.Cases[10]
	if denied.Failure == nil || denied.Failure.Type != "volume-delete" || denied.Failure.Message != "denied: deletes a volume (critical)" ||
		!strings.HasPrefix(denied.Name, "step 9: curl -X DELETE") {
		t.Errorf("denied: %+v", denied)
	}
	if observed.Skipped == nil || observed.Failure != nil || approved.Skipped != nil || approved.Failure != nil {
		t.Errorf("observed: %+v, approved: %+v", observed, approved)
	}
}

func TestSARIF(t *testing.T) {
	text := written(t, SARIF, guarded())
	if err := validSARIF(text); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromString(text)
	if err != nil {
		t.Fatal(err)
	}
	run := log.Runs[0]
	if len(run.Results) != 4 || len(run.Tool.Driver.Rules) != 2 {
		t.Fatalf("%d results, %d rules", len(run.Results), len(run.Tool.Driver.Rules))
	}
	for i, want := range []struct {
		level, rule string
		line        int
		suppressed  bool
	}{{"error", "volume-delete", 12, false}, {"warning", "git-reset", 1, false}, {"note", "volume-delete", 12, true}, {"error", "volume-delete", 12, false}} {
		result := run.Results[i]
		place := result.Locations[0].PhysicalLocation
		if result.Level != want.level || *result.RuleID != want.rule || run.Tool.Driver.Rules[result.RuleIndex].ID == nil ||
			*run.Tool.Driver.Rules[result.RuleIndex].ID != want.rule || *place.Region.StartLine != want.line || (len(result.Suppressions) > 0) != want.suppressed {
			t.Errorf("result %d: %+v", i, result)
		}
		if *place.ArtifactLocation.URI != "ci/agent%20one.sh" || *place.ArtifactLocation.URIBaseID != "%SRCROOT%" {
			t.Errorf("result %d is at %+v", i, place.ArtifactLocation)
		}
	}
	if a, b := run.Results[0].PartialFingerprints["restrain/v1"], run.Results[3].PartialFingerprints["restrain/v1"]; a == b {
		t.Error("two results have one fingerprint")
	}
}

// Without a script, a finding is at the journal's line.
func TestNoScript(t *testing.T) {
	s := guarded()
	s.Script = ""
	text := written(t, SARIF, s)
	if err := validSARIF(text); err != nil || !strings.Contains(text, `"uri": "restrain/sessions/7f3a/journal.jsonl"`) || !strings.Contains(text, `"startLine": 10`) {
		t.Errorf("%v\n%s", err, text)
	}
	if text := written(t, GitHub, s); !strings.HasPrefix(text, "::error title=restrain%3A volume-delete::denied: ") {
		t.Errorf("got %s", text)
	}
}

// The fields that GitLab's documentation wants, with its values.
func TestGitLab(t *testing.T) {
	var issues []map[string]any
	if err := json.Unmarshal([]byte(written(t, GitLab, guarded())), &issues); err != nil || len(issues) != 3 {
		t.Fatalf("%d issues, %v", len(issues), err)
	}
	severities, seen := []string{"blocker", "major", "blocker"}, map[string]bool{}
	for i, issue := range issues {
		for _, key := range []string{"description", "check_name", "fingerprint"} {
			if text, ok := issue[key].(string); !ok || text == "" {
				t.Errorf("issue %d has the %s %v", i, key, issue[key])
			}
		}
		location := issue["location"].(map[string]any)
		if begin := location["lines"].(map[string]any)["begin"].(float64); location["path"] != "ci/agent one.sh" || begin < 1 {
			t.Errorf("issue %d is at %v", i, location)
		}
		if issue["severity"] != severities[i] || seen[issue["fingerprint"].(string)] {
			t.Errorf("issue %d: %v", i, issue)
		}
		seen[issue["fingerprint"].(string)] = true
	}
	if text := written(t, GitLab, Session{}); text != "[]\n" {
		t.Errorf("an empty session is %q", text)
	}
}

func TestGitHub(t *testing.T) {
	want := `::error file=ci/agent one.sh,line=12,title=restrain%3A volume-delete::denied: deletes a volume (critical): curl -X DELETE -H 'Authorization: Bearer [redacted:32+]' https://api.example.com/volumes/7
::error file=ci/agent one.sh,line=12,title=restrain%3A volume-delete::denied: deletes a volume (critical): curl -X DELETE -H 'Authorization: Bearer [redacted:32+]' https://api.example.com/volumes/7
::warning file=ci/agent one.sh,line=1,title=restrain%3A git-reset::ran, would have been held: deletes a volume (critical): git reset --hard
`
	if got := written(t, GitHub, guarded()); got != want {
		t.Errorf("got\n%s", got)
	}
	s := guarded()
	for range 30 {
		s.Steps = append(s.Steps, s.Steps[8])
	}
	lines := strings.Split(strings.TrimSpace(written(t, GitHub, s)), "\n")
	if len(lines) != maxAnnotations+1 || lines[maxAnnotations-1] != "::error title=restrain::23 more steps are in the job summary" {
		t.Errorf("%d lines, %q", len(lines), lines[maxAnnotations-1])
	}
}

func TestWorkflowCommandEscapes(t *testing.T) {
	if got := property("a:b,c%d\r\n"); got != "a%3Ab%2Cc%25d%0D%0A" {
		t.Errorf("property: %q", got)
	}
	if got := data("a:b,c%0A\r\n"); got != "a:b,c%250A%0D%0A" {
		t.Errorf("data: %q", got)
	}
}

func TestSummary(t *testing.T) {
	text := written(t, Summary, guarded())
	if err := inertMarkdown(text); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"### restrain: 2 steps denied, 1 step would have been held, 1 step approved\n", "| denied | 9 | critical | ",
		"| ran, would have been held | 10 | medium | ", "the last line is unfinished", "at its highest alarmed",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the summary lacks %q:\n%s", want, text)
		}
	}
	s := guarded()
	for range 300 {
		s.Steps = append(s.Steps, s.Steps[8])
	}
	if long := written(t, Summary, s); !strings.Contains(long, "204 more steps not listed") || len(long) > 1<<20 {
		t.Errorf("%d bytes", len(long))
	}
	if empty := written(t, Summary, Session{ID: "x"}); !strings.Contains(empty, "### restrain: nothing to ask about") {
		t.Errorf("got %q", empty)
	}
}

func TestJSON(t *testing.T) {
	var got jsonDocument
	if err := json.Unmarshal([]byte(written(t, JSON, guarded())), &got); err != nil {
		t.Fatal(err)
	}
	s := got.Sessions[0]
	if got.Version != 1 || s.Denied != 2 || s.Observed != 1 || s.Approved != 1 || len(s.Steps) != 12 || s.Steps[8].Fate != Denied || s.Steps[0].Fate != "" {
		t.Errorf("got %+v", got)
	}
}

// The same sessions give the same bytes, and findings keep their fingerprints
// from one run to the next.
func TestFormatsAreDeterministic(t *testing.T) {
	for _, format := range Formats() {
		if a, b := written(t, format, guarded(), sample()), written(t, format, guarded(), sample()); a != b {
			t.Errorf("%s differs", format)
		}
	}
	one, other := guarded(), guarded()
	other.ID, other.Steps = "b7c3", other.Steps[3:]
	a, b := one.findings(), other.findings()
	for i := range a {
		if a[i].fingerprint != b[i].fingerprint {
			t.Errorf("finding %d has another fingerprint in another session", i)
		}
	}
}

func TestFormatErrors(t *testing.T) {
	for _, format := range Formats() {
		if err := Write(broken{}, format, guarded()); err == nil {
			t.Errorf("%s that was not written is no error", format)
		}
	}
	if err := Write(io.Discard, "pdf"); err == nil || !strings.Contains(err.Error(), "html") {
		t.Errorf("got %v", err)
	}
}

// A session that was only looked on at has not paused.
func TestObservedDidNotPause(t *testing.T) {
	s := sample()
	s.Live = true
	s.Steps[8].Fate, s.Steps[8].Answer = Observed, "ran, and nobody approved it (allow-and-report)"
	page := written(t, HTML, s)
	if !strings.Contains(page, "Where it would have paused") || !strings.Contains(page, "nobody approved it") || !strings.Contains(page, "guarded session") {
		t.Error("the page says that it paused")
	}
	if text := draw(t, &s, prompt.Caps{Width: 80, Unicode: true}); !strings.Contains(text, "would have paused once") {
		t.Errorf("got\n%s", text)
	}
	s.Steps[8].Fate = Denied
	if page := written(t, HTML, s); !strings.Contains(page, "Where it paused") {
		t.Error("the page says that it would have paused")
	}
}
