// Package classify turns commands into actions with rules that are data: class,
// resource, severity, reversibility, evidence, ATT&CK technique. Commands become
// facts first (files touched, HTTP requests, GraphQL operations, SQL statements,
// searches), and rules match those facts, never the raw line.
//
// It is pure: what it wants to know of the world it asks a Context. It is the
// only package that imports TOML. It must not know sessions or verdicts.
package classify
