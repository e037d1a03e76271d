package report

import (
	"fmt"
	"io"
)

// The formats that a session is written in.
const (
	HTML    = "html"    // one page for people
	JSON    = "json"    // all that is known, for programs
	SARIF   = "sarif"   // OASIS SARIF 2.1.0, for code scanning
	JUnit   = "junit"   // the XML that test reports are shown from
	GitLab  = "gitlab"  // GitLab's code quality report
	GitHub  = "github"  // GitHub's workflow commands: annotations
	Summary = "summary" // Markdown, for GitHub's job summary
)

// Formats lists the formats.
func Formats() []string { return []string{HTML, JSON, SARIF, JUnit, GitLab, GitHub, Summary} }

// Write writes sessions in a format. What is written depends on nothing but the
// sessions.
func Write(w io.Writer, format string, sessions ...Session) error {
	switch format {
	case HTML:
		return Page(w, sessions...)
	case JSON:
		return writeJSON(w, sessions)
	case SARIF:
		return writeSARIF(w, sessions)
	case JUnit:
		return writeJUnit(w, sessions)
	case GitLab:
		return writeGitLab(w, sessions)
	case GitHub:
		return writeGitHub(w, sessions)
	case Summary:
		return writeSummary(w, sessions)
	}
	return fmt.Errorf("unknown format %q: use one of %v", format, Formats())
}
