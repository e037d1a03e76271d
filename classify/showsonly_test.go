package classify

import "testing"

// A call that only shows what it would do matches no rule, and what merely
// looks like one does.
func TestShowsOnly(t *testing.T) {
	set := Shipped()
	for _, tt := range []struct {
		line, rule string
		want       bool
	}{
		{"kubectl delete ns shop", "kubernetes-delete-data", true},
		{"kubectl delete ns shop --dry-run=client", "kubernetes-delete-data", false},
		{"kubectl delete ns shop --dry-run=none", "kubernetes-delete-data", true},
		{"kubectl delete ns shop --dry-run=false", "kubernetes-delete-data", true},
		{"kubectl delete ns shop --help", "kubernetes-delete-data", false},
		{"kubectl delete ns shop -h", "kubernetes-delete-data", false},
		{"aws rds delete-db-instance help", "aws-destroy", false},
		{"dropdb help", "dropdb", true},
		{"dropdb -h db.example.com shop", "dropdb", true},
		{"dropdb --version", "dropdb", false},
		{"cargo yank --version 1.0.0", "package-unpublish", true},
		{"python3 -c 'import redis; redis.Redis(host=\"cache\").flushall()' --help", "redis-flush-code", true},
		{"restrain undo --last --dry-run=0", "restrain-undo", true},
		{"restrain undo --last --dry-run=F", "restrain-undo", true},
		{"restrain undo --last --dry-run=true", "restrain-undo", false},
		{"docker run --privileged alpine sh", "docker-host-access", true},
		{"docker run --privileged=false alpine sh", "docker-host-access", false},
	} {
		if got := contains(set.ruleIDs(tt.line, set.Rule(tt.rule)), tt.rule); got != tt.want {
			t.Errorf("%s of %s: %t, want %t", tt.rule, tt.line, got, tt.want)
		}
	}
}
