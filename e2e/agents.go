package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// A place is where an agent runs once.
type place struct {
	npm, home, work string // npm has node_modules
	model           string // the model's URL
	env             map[string]string
}

func (p *place) bin(name string) string { return filepath.Join(p.npm, "node_modules", ".bin", name) }

func (p *place) pkg(path string) string { return filepath.Join(p.npm, "node_modules", path) }

func (p *place) set(pairs ...string) {
	for i := 0; i < len(pairs); i += 2 {
		p.env[pairs[i]] = pairs[i+1]
	}
}

func (p *place) write(path string, content any) error {
	text, ok := content.(string)
	if !ok {
		out, err := json.MarshalIndent(content, "", "  ")
		if err != nil {
			return err
		}
		text = string(out)
	}
	path = filepath.Join(p.home, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o600)
}

// An agent is how a client is told to use the scripted model, headless and
// without asking, and what restrain init calls it.
type agent struct {
	name string
	// argv writes the client's configuration and gives its command line.
	argv func(*place) ([]string, error)
	// honoursShell says that it takes its shell from SHELL.
	honoursShell bool
	// bashEnv are the arguments without which it keeps BASH_ENV from its shell.
	bashEnv []string
	// setUp is its name for restrain init; empty where it is the same.
	setUp string
	// hookEnds says that the agent ends its run where its hook denies.
	hookEnds bool
}

const prompt = "Do the steps of the script."

var agents = []agent{
	{name: "claude", argv: claude, honoursShell: true},
	{name: "codex", argv: codex},
	{name: "codex-toml", setUp: "codex", argv: codexTOML},
	{name: "gemini", argv: gemini},
	{name: "opencode", argv: opencode, honoursShell: true},
	{name: "copilot", argv: copilot, bashEnv: []string{"--bash-env"}},
	{name: "qwen", argv: qwen},
	{name: "pi", argv: pi},
	{name: "cline", argv: cline, hookEnds: true},
}

func claude(p *place) ([]string, error) {
	p.set("ANTHROPIC_BASE_URL", p.model, "ANTHROPIC_API_KEY", "sk-ant-none", "IS_SANDBOX", "1", "DISABLE_AUTOUPDATER", "1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1", "DISABLE_TELEMETRY", "1", "DISABLE_ERROR_REPORTING", "1")
	return []string{p.pkg("@anthropic-ai/claude-code-linux-x64/claude"), "-p", prompt, "--dangerously-skip-permissions"}, nil
}

func codex(p *place) ([]string, error) {
	p.set("MODEL_KEY", "none", "CODEX_HOME", filepath.Join(p.home, ".codex"))
	err := p.write(".codex/config.toml", fmt.Sprintf(`model = %q
model_provider = "scripted"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.scripted]
name = "scripted"
base_url = "%s/v1"
wire_api = "responses"
env_key = "MODEL_KEY"
request_max_retries = 0
stream_max_retries = 0
supports_websockets = false
[projects.%q]
trust_level = "trusted"
`, modelName, p.model, p.work))
	return []string{p.bin("codex"), "exec", "--dangerously-bypass-approvals-and-sandbox", "--skip-git-repo-check", prompt}, err
}

// codexTOML is Codex with a hook of the user's own in config.toml, where restrain's
// goes as well.
func codexTOML(p *place) ([]string, error) {
	argv, err := codex(p)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(p.home, ".codex/config.toml")
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	_, err = file.WriteString("[[hooks.Stop]]\nhooks = [{ type = \"command\", command = \"true\" }]\n")
	return argv, errors.Join(err, file.Close())
}

func gemini(p *place) ([]string, error) {
	p.set("GEMINI_API_KEY", "none", "GOOGLE_GEMINI_BASE_URL", p.model, "GEMINI_TELEMETRY_ENABLED", "false")
	err := p.write(".gemini/settings.json", object{
		"security": object{"auth": object{"selectedType": "gemini-api-key"}, "folderTrust": object{"enabled": false}},
		"general":  object{"enableAutoUpdate": false, "disableAutoUpdate": true}, "privacy": object{"usageStatisticsEnabled": false},
		"telemetry": object{"enabled": false},
	})
	return []string{p.bin("gemini"), "-y", "-m", "gemini-2.5-flash", "-p", prompt}, err
}

func qwen(p *place) ([]string, error) {
	p.set("OPENAI_API_KEY", "none", "OPENAI_BASE_URL", p.model+"/v1", "OPENAI_MODEL", modelName)
	err := p.write(".qwen/settings.json", object{
		"security": object{"auth": object{"selectedType": "openai"}}, "general": object{"disableAutoUpdate": true},
		"privacy": object{"usageStatisticsEnabled": false},
	})
	return []string{p.bin("qwen"), "-y", "-p", prompt}, err
}

func opencode(p *place) ([]string, error) {
	p.set("OPENCODE_DISABLE_AUTOUPDATE", "1", "OPENCODE_DISABLE_MODELS_FETCH", "1", "OPENCODE_DISABLE_LSP_DOWNLOAD", "1", "OPENCODE_DISABLE_DEFAULT_PLUGINS", "1")
	err := p.write(".config/opencode/opencode.json", object{
		"autoupdate": false, "share": "disabled", "model": "scripted/" + modelName, "small_model": "scripted/" + modelName,
		"permission": object{"*": "allow"},
		"provider": object{"scripted": object{
			"npm": "@ai-sdk/openai-compatible", "name": "scripted", "options": object{"baseURL": p.model + "/v1", "apiKey": "none"},
			"models": object{modelName: object{"name": modelName, "tool_call": true, "limit": object{"context": 100000, "output": 4000}}},
		}},
	})
	return []string{p.pkg("opencode-linux-x64/bin/opencode"), "run", "-m", "scripted/" + modelName, prompt}, err
}

func copilot(p *place) ([]string, error) {
	p.set("COPILOT_PROVIDER_BASE_URL", p.model+"/v1", "COPILOT_PROVIDER_API_KEY", "none", "COPILOT_MODEL", modelName,
		"COPILOT_OFFLINE", "true", "COPILOT_AUTO_UPDATE", "false", "COPILOT_HOME", filepath.Join(p.home, ".copilot"))
	return []string{p.bin("copilot"), "-p", prompt, "--allow-all-tools", "--allow-all-paths"}, nil
}

func pi(p *place) ([]string, error) {
	p.set("PI_OFFLINE", "1", "PI_CODING_AGENT_DIR", filepath.Join(p.home, ".pi", "agent"))
	err := p.write(".pi/agent/models.json", object{"providers": object{"scripted": object{
		"baseUrl": p.model + "/v1", "api": "openai-completions", "apiKey": "none",
		"models": []any{object{
			"id": modelName, "name": modelName, "reasoning": false, "input": []any{"text"}, "contextWindow": 100000, "maxTokens": 4000,
			"cost": object{"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0},
		}},
	}}})
	return []string{p.bin("pi"), "-p", "--provider", "scripted", "--model", modelName, prompt}, err
}

func cline(p *place) ([]string, error) {
	p.set("CLINE_TELEMETRY_DISABLED", "1", "CLINE_NO_AUTO_UPDATE", "1")
	auth := exec.Command(p.bin("cline"), "auth", "openai-compatible", "-k", "none", "-m", modelName, "-b", p.model+"/v1")
	auth.Dir, auth.Env = p.work, environ(p.env)
	if out, err := auth.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("cline auth: %w: %s", err, out)
	}
	return []string{p.bin("cline"), "--json", "-P", "openai-compatible", "-m", modelName, prompt}, nil
}

func environ(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	return list
}
