//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// ownRules writes rules as a user might have of their own, and gives the
// directory that is XDG_CONFIG_HOME for them.
func ownRules(dir string, n int) (string, error) {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `[[rule]]
id = "own-%[1]d"
class = "infra.write"
severity = "high"
description = "deploys service %[1]d to production"
command = ["./deploy-%[1]d.sh", "deploy-%[1]d"]
operands = ["prod*", "live-%[1]d"]
match = ["./deploy-%[1]d.sh prod", "deploy-%[1]d prod-eu", "./deploy-%[1]d.sh live-%[1]d"]
not_match = ["./deploy-%[1]d.sh staging", "deploy-%[1]d", "ls prod"]

`, i)
	}
	config := filepath.Join(dir, "own")
	file := filepath.Join(config, "restrain", "rules.toml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return "", err
	}
	return config, os.WriteFile(file, []byte(b.String()), 0o600)
}
