package report

import (
	"fmt"
	"io"
	"net/url"
)

// The parts of OASIS SARIF 2.1.0 that are written. github.com/owenrumney/go-sarif
// would cost every start 0.8 ms, for it links net/http and a schema validator;
// it checks the output in a test instead.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Automation  sarifID           `json:"automationDetails"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver struct {
			Name  string      `json:"name"`
			Rules []sarifRule `json:"rules"`
		} `json:"driver"`
	}
	sarifRule struct {
		ID         string          `json:"id"`
		Short      sarifText       `json:"shortDescription"`
		Help       *sarifText      `json:"help,omitempty"`
		Properties sarifProperties `json:"properties"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifID struct {
		ID string `json:"id"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   sarifProperties    `json:"properties"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact sarifArtifact `json:"artifactLocation"`
			Region   sarifRegion   `json:"region"`
		} `json:"physicalLocation"`
		Logical []sarifLogical `json:"logicalLocations"`
	}
	sarifArtifact struct {
		URI  string `json:"uri"`
		Base string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine int `json:"startLine"`
	}
	sarifLogical struct {
		Name string `json:"name"`
		Full string `json:"fullyQualifiedName"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
	// sarifProperties are a property bag. GitHub sorts by security-severity.
	sarifProperties struct {
		Tags       []string `json:"tags,omitempty"`
		Score      string   `json:"security-severity,omitempty"`
		Fate       string   `json:"fate,omitempty"`
		Severity   string   `json:"severity,omitempty"`
		Level      string   `json:"sessionLevel,omitempty"`
		Divergence *float64 `json:"divergenceBits,omitempty"`
		Percentile *float64 `json:"percentile,omitempty"`
		Sequence   string   `json:"sequence,omitempty"`
		Dir        string   `json:"directory,omitempty"`
	}
)

func writeSARIF(w io.Writer, sessions []Session) error {
	document := sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0", Runs: []sarifRun{},
	}
	for i := range sessions {
		document.Runs = append(document.Runs, sarifOf(&sessions[i]))
	}
	return encode(w, &document)
}

// sarifOf makes a run of a session. One with several results of a rule has the
// rule once.
func sarifOf(s *Session) sarifRun {
	run := sarifRun{Automation: sarifID{"restrain/" + clean(s.ID)}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{}}
	run.Tool.Driver.Name, run.Tool.Driver.Rules = "restrain", []sarifRule{}
	invocation := sarifInvocation{Successful: true}
	for _, note := range s.Notes {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{"note", sarifText{clean(note)}})
	}
	run.Invocations = []sarifInvocation{invocation}
	index := map[string]int{}
	for _, f := range s.findings() {
		at, known := index[f.rule]
		if !known {
			at = len(run.Tool.Driver.Rules)
			index[f.rule] = at
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRuleOf(&f))
		}
		run.Results = append(run.Results, sarifResultOf(s, &f, at))
	}
	return run
}

func sarifRuleOf(f *finding) sarifRule {
	rule := sarifRule{ID: f.rule, Short: sarifText{"a step that a human is asked about"}}
	rule.Properties.Tags = append([]string{"security"}, cleanAll(f.Attack)...)
	rule.Properties.Score = securitySeverity(f.Step.Severity)
	if len(f.Rules) > 0 {
		rule.Short.Text = clean(f.Rules[0].Description)
		if why := clean(f.Rules[0].Justification); why != "" {
			rule.Help = &sarifText{why}
		}
	}
	return rule
}

func sarifResultOf(s *Session, f *finding, rule int) sarifResult {
	result := sarifResult{
		RuleID: f.rule, RuleIndex: rule, Level: "warning", Message: sarifText{f.message},
		Fingerprints: map[string]string{"restrain/v1": f.fingerprint},
		Properties: sarifProperties{
			Fate: f.fate(), Severity: clean(f.Severity), Level: clean(f.Level), Sequence: clean(f.Sequence), Dir: clean(f.Dir),
			Divergence: &f.Divergence, Percentile: &f.Percentile,
		},
	}
	switch f.Fate {
	case Denied:
		result.Level = "error"
	case Approved:
		result.Level = "note"
		result.Suppressions = []sarifSuppression{{"external", "accepted", clean(f.Answer)}}
	}
	location := sarifLocation{Logical: []sarifLogical{{
		fmt.Sprintf("step %d", f.Number), fmt.Sprintf("session %s/step %d", clean(s.ID), f.Number),
	}}}
	base := "%SRCROOT%"
	if f.inState {
		base = "XDG_STATE_HOME"
	}
	location.Physical.Artifact = sarifArtifact{(&url.URL{Path: f.path}).String(), base}
	location.Physical.Region.StartLine = f.line
	result.Locations = []sarifLocation{location}
	return result
}

// securitySeverity is the score by which GitHub ranks: above 9.0 is critical,
// from 7.0 high, from 4.0 medium.
func securitySeverity(severity string) string {
	switch severity {
	case "critical":
		return "9.5"
	case "high":
		return "8.0"
	case "medium":
		return "5.0"
	}
	return "2.0"
}
