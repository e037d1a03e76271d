package restrain_test

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// imports is the design's table: which packages of the project a package may
// import. cmd/restrain may import all of them.
var imports = map[string][]string{
	"restrain":                     {},
	"restrain/agent":               {},
	"restrain/code":                {},
	"restrain/shellparse":          {"restrain/agent", "restrain/code"},
	"restrain/figure":              {},
	"restrain/platform":            {},
	"restrain/asked":               {},
	"restrain/classify":            {"restrain/asked", "restrain/code", "restrain/figure", "restrain/platform", "restrain/secret", "restrain/shellparse"},
	"restrain/trust":               {"restrain/asked", "restrain/classify", "restrain/figure"},
	"restrain/journal":             {"restrain/platform"},
	"restrain/width":               {},
	"restrain/screen":              {"restrain/width"},
	"restrain/supervise":           {"restrain/screen"},
	"restrain/prompt":              {"restrain/figure", "restrain/supervise", "restrain/width"},
	"restrain/gate":                {"restrain/asked", "restrain/classify", "restrain/figure", "restrain/journal", "restrain/keep", "restrain/platform", "restrain/prompt", "restrain/secret", "restrain/shellparse", "restrain/trust"},
	"restrain/intercept":           {"restrain/secret"},
	"restrain/watch":               {"restrain/intercept", "restrain/platform", "restrain/prompt"},
	"restrain/desktop":             {"restrain/prompt"},
	"restrain/hook":                {"restrain/agent"},
	"restrain/setup":               {"restrain/agent", "restrain/platform"},
	"restrain/session":             {"restrain/agent", "restrain/asked", "restrain/classify", "restrain/desktop", "restrain/figure", "restrain/gate", "restrain/hook", "restrain/intercept", "restrain/journal", "restrain/keep", "restrain/platform", "restrain/prompt", "restrain/record", "restrain/secret", "restrain/shellparse", "restrain/supervise", "restrain/transcript", "restrain/trust", "restrain/watch", "restrain/wire"},
	"restrain/keep":                {"restrain/figure"},
	"restrain/secret":              {"restrain/figure"},
	"restrain/transcript":          {"restrain/journal", "restrain/shellparse"},
	"restrain/report":              {"restrain/figure", "restrain/prompt", "restrain/secret"},
	"restrain/record":              {"restrain/figure", "restrain/gate", "restrain/journal", "restrain/platform", "restrain/trust"},
	"restrain/telemetry":           {"restrain/journal", "restrain/platform"},
	"restrain/cmd/restrain-otel":   {"restrain/telemetry"},
	"restrain/wire":                {"restrain/platform"},
	"restrain/wire/proxy":          {"restrain/wire"},
	"restrain/cmd/restrain-wire":   {"restrain/wire/proxy"},
	"restrain/frame":               {},
	"restrain/internal/slowtest":   {},
	"restrain/cmd/restrain-screen": {"restrain/frame"},
	"restrain/e2e":                 {},
	"restrain/e2e/clients":         {},
	"restrain/examples":            {},
	"restrain/examples/pocketos":   {},
	"restrain/bench/compare":       {"restrain/intercept", "restrain/keep"},
}

// owners are the only packages that may import a module, by name.
var owners = map[string]string{
	"mvdan.cc/sh/v3/":             "restrain/shellparse",
	"github.com/BurntSushi/toml":  "restrain/classify restrain/setup restrain/shellparse",
	"github.com/creack/pty":       "restrain/supervise",
	"github.com/godbus/dbus/v5":   "restrain/desktop",
	"github.com/urfave/cli/v2":    "restrain/cmd/restrain",
	"github.com/tailscale/hujson": "restrain/setup",
	"github.com/vektah/gqlparser": "restrain/classify",
	"go.opentelemetry.io/":        "restrain/telemetry", // slow to start, so never in restrain itself
	"restrain/telemetry":          "restrain/cmd/restrain-otel",
	"charm.land/":                 "restrain/cmd/restrain-screen",
	"net/http":                    "restrain/wire/proxy restrain/e2e restrain/e2e/clients", // slow to start, too
	"restrain/wire/proxy":         "restrain/cmd/restrain-wire",
}

func TestImportTable(t *testing.T) {
	seen := 0
	for _, p := range listPackages(t) {
		if p.ImportPath == "restrain/cmd/restrain" {
			checkOwners(t, p)
			continue
		}
		allowed, known := imports[p.ImportPath]
		if !known {
			t.Errorf("%s is not in the design's import table", p.ImportPath)
			continue
		}
		seen++
		for _, path := range p.Imports {
			if (path == "restrain" || strings.HasPrefix(path, "restrain/")) && !slices.Contains(allowed, path) {
				t.Errorf("%s imports %s, which the design's table does not have", p.ImportPath, path)
			}
		}
		checkOwners(t, p)
	}
	if seen < 9 {
		t.Errorf("only %d packages were checked", seen)
	}
}

func checkOwners(t *testing.T, p goPackage) {
	t.Helper()
	for _, path := range p.Imports {
		for module, owner := range owners {
			if strings.HasPrefix(path, module) && !slices.Contains(strings.Fields(owner), p.ImportPath) {
				t.Errorf("%s imports %s, which only %s may", p.ImportPath, path, owner)
			}
		}
	}
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}

// Every "may it run" comes from package gate: nobody else makes an answer that
// lets something run, by whatever name. Tests and benchmarks may, which are no
// part of what people run.
func TestOneDecider(t *testing.T) {
	looked := 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		path = filepath.ToSlash(path)
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.HasPrefix(path, "gate/") || strings.HasPrefix(path, "bench/") {
			return err
		}
		looked++
		text, err := os.ReadFile(path)
		for _, answer := range [...]string{"Allow: true", "Allow = true", "Outcome: gate.Run,", "Outcome = gate.Run\n", "Verdict = gate."} {
			if strings.Contains(string(text), answer) {
				t.Errorf("%s decides by itself: %q; let gate.Judge or gate.Stands say so", path, strings.TrimSpace(answer))
			}
		}
		return err
	})
	if err != nil || looked < 200 {
		t.Fatalf("%d files were looked at: %v", looked, err)
	}
}
