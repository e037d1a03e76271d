// Package restrain holds the shipped rule set, which stands at the top of the
// tree for people to read. It holds nothing else.
package restrain

import _ "embed"

// Rules is the text of rules.toml.
//
//go:embed rules.toml
var Rules []byte
