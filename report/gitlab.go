package report

import "io"

// gitlabIssue is one entry of GitLab's code quality report, see "Implement a
// custom tool" in its documentation.
type gitlabIssue struct {
	Description string         `json:"description"`
	CheckName   string         `json:"check_name"`
	Fingerprint string         `json:"fingerprint"`
	Severity    string         `json:"severity"` // info, minor, major, critical, blocker
	Location    gitlabLocation `json:"location"`
}

type gitlabLocation struct {
	Path  string `json:"path"`
	Lines struct {
		Begin int `json:"begin"`
	} `json:"lines"`
}

// writeGitLab lists what was denied or would have been held. What was approved
// is no issue.
func writeGitLab(w io.Writer, sessions []Session) error {
	issues := []gitlabIssue{}
	for i := range sessions {
		for _, f := range sessions[i].findings() {
			if f.Fate == Approved {
				continue
			}
			issue := gitlabIssue{Description: f.message, CheckName: f.rule, Fingerprint: f.fingerprint, Severity: gitlabSeverity(f.Severity)}
			issue.Location.Path, issue.Location.Lines.Begin = f.path, f.line
			issues = append(issues, issue)
		}
	}
	return encode(w, issues)
}

func gitlabSeverity(severity string) string {
	switch severity {
	case "critical":
		return "blocker"
	case "high":
		return "critical"
	case "medium":
		return "major"
	case "low":
		return "minor"
	}
	return "info"
}
