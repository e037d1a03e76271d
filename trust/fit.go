package trust

import "restrain/classify"

// A FitSession is one recorded session to fit a baseline on.
type FitSession struct {
	Repo  string
	Steps []classify.Step
}

// FitOptions are the choices of a fit; the zero value of a field means its
// default.
type FitOptions struct {
	Persona string
	// Source and Command go into the file as its provenance.
	Source, Command string
	// Classes is the taxonomy: classes that no session has are counted too.
	Classes []classify.Class
}

// Fit fits a baseline.
func Fit(sessions []FitSession, o FitOptions) (*Baseline, error) { return &Baseline{}, nil }
