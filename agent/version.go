package agent

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// Version is that of an agent's program, as far as where it is installed tells: a
// directory of versions, or the package that a program of node or bun is in. It is
// empty where nothing does. Nothing is started.
func Version(program string) string {
	path, err := filepath.EvalSymlinks(program)
	if err != nil {
		return ""
	}
	const versions = "/versions/"
	if at := strings.LastIndex(path, versions); at >= 0 {
		version, _, _ := strings.Cut(path[at+len(versions):], "/")
		return strings.TrimPrefix(version, "v")
	}
	const above = 3 // bin/agent.js, dist/cli/agent.js
	dir := filepath.Dir(path)
	for range above {
		if version := packageVersion(filepath.Join(dir, "package.json")); version != "" {
			return version
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// maxPackage bounds a package.json that is read.
const maxPackage = 256 << 10

func packageVersion(path string) string {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > maxPackage {
		return ""
	}
	text, err := os.ReadFile(path)
	var p struct{ Version string }
	if err != nil || json.Unmarshal(text, &p) != nil {
		return ""
	}
	return p.Version
}

// Model is the model that an agent's command line asks for; empty for its own choice.
func Model(argv []string) string {
	for i, arg := range argv {
		switch {
		case arg == "--":
			return ""
		case strings.HasPrefix(arg, "--model="):
			return arg[len("--model="):]
		case (arg == "--model" || arg == "-m") && i > 0 && i+1 < len(argv):
			return argv[i+1]
		}
	}
	return ""
}
