// Package restrain holds the shipped rule set, which stands at the top of the
// tree for people to read. It holds nothing else.
package restrain

import "embed"

// Rules is rules.toml and what it includes.
//
//go:embed rules.toml rules
var Rules embed.FS
