package wire

import (
	"slices"
	"strings"
)

// The variables by which clients are told what to trust. All but those of extra
// replace what the system trusts.
var (
	bundleVariables = [...]string{
		"SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "GIT_SSL_CAINFO", "PIP_CERT", "CARGO_HTTP_CAINFO",
		"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
	}
	extraVariables = [...]string{"NODE_EXTRA_CA_CERTS", "DENO_CERT"}
	// onlyIfSet are set where they were: without them another one counts.
	onlyIfSet      = [...]string{"npm_config_cafile", "NIX_SSL_CERT_FILE"}
	proxyVariables = [...]string{"HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"}
)

// noProxy are the hosts that clients reach by themselves. The proxy has the
// user's own list for all others.
const noProxy = "localhost,127.0.0.1,::1,.localhost"

// Authorities are the files of certificates that an environment names.
func Authorities(env []string) []string {
	var files []string
	for _, names := range [...][]string{bundleVariables[:], extraVariables[:], onlyIfSet[:]} {
		for _, name := range names {
			if file := ValueOf(env, name); file != "" && !slices.Contains(files, file) {
				files = append(files, file)
			}
		}
	}
	return files
}

// Environment is an environment that leads clients to the proxy.
func (r *Ready) Environment(env []string) []string {
	var more []string
	set := func(name, value string) {
		if value != "" {
			more = append(more, name+"="+value)
		}
	}
	for _, name := range proxyVariables {
		set(name, "http://"+r.Addr)
	}
	set("NO_PROXY", noProxy)
	set("no_proxy", noProxy)
	set("NODE_USE_ENV_PROXY", "1")
	for _, name := range bundleVariables {
		set(name, r.Bundle)
	}
	for _, name := range extraVariables {
		set(name, r.Extra)
	}
	for _, name := range onlyIfSet {
		if ValueOf(env, name) != "" {
			set(name, r.Bundle)
		}
	}
	set("WGETRC", r.WgetRC)
	if host, port, found := strings.Cut(r.Addr, ":"); found && r.KeyStore != "" {
		options := "-Dhttps.proxyHost=" + host + " -Dhttps.proxyPort=" + port + " -Dhttp.proxyHost=" + host + " -Dhttp.proxyPort=" + port +
			" -Djavax.net.ssl.trustStore=" + r.KeyStore + " -Djavax.net.ssl.trustStorePassword=" + KeyStorePassword
		set("JAVA_TOOL_OPTIONS", strings.TrimSpace(ValueOf(env, "JAVA_TOOL_OPTIONS")+" "+options))
	}
	return merge(env, more)
}

// KeyStorePassword is what Java asks for to read public certificates.
const KeyStorePassword = "changeit"

// merge puts variables into an environment, each once.
func merge(env, more []string) []string {
	merged := slices.DeleteFunc(slices.Clone(env), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return slices.ContainsFunc(more, func(m string) bool { return strings.HasPrefix(m, name+"=") })
	})
	return append(merged, more...)
}

// ValueOf is the value of a variable, the last where it is there twice.
func ValueOf(env []string, name string) string {
	for i := len(env) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(env[i], name+"="); ok {
			return value
		}
	}
	return ""
}
