package session

import (
	"path/filepath"

	"restrain/secret"
)

// ownConfiguration is where agents and tools keep what their user has given
// them, below the home directory.
var ownConfiguration = [...]string{
	".claude/.credentials.json", ".claude.json", ".codex/auth.json", ".gemini/oauth_creds.json", ".qwen/oauth_creds.json",
	".config/github-copilot/apps.json", ".config/github-copilot/hosts.json", ".cursor/mcp.json", ".copilot/config.json",
	".config/gh/hosts.yml", ".config/glab-cli/config.yml", ".git-credentials", ".netrc", ".npmrc", ".yarnrc.yml", ".pypirc", ".cargo/credentials.toml",
	".docker/config.json", ".kube/config", ".aws/credentials", ".config/gcloud/application_default_credentials.json", ".azure/msal_token_cache.json",
	".railway/config.json", ".fly/config.yml", ".vercel/auth.json", ".config/heroku/credentials.json", ".terraform.d/credentials.tfrc.json", ".vault-token",
	".pgpass", ".my.cnf",
}

// suppliedSecrets finds the secrets that a session is given: in its environment, and in
// what its agent and its tools keep for themselves.
func suppliedSecrets(environ []string, home string) func() []secret.Value {
	return func() []secret.Value {
		values := secret.Environment(environ)
		if !filepath.IsAbs(home) {
			return values
		}
		for _, name := range ownConfiguration {
			more, err := secret.ReadFile(filepath.Join(home, name))
			if err == nil { // what cannot be read is not given
				values = append(values, more...)
			}
		}
		return values
	}
}
