package secret

import (
	"encoding/base64"
	"math"
	"net/url"
	"strings"
)

// field judges a named value, and keeps it when it is a secret.
func (c *collector) field(name, value string, line int) {
	value = strings.TrimSpace(value)
	if len(value) < 4 || isPlaceholder(value) && !c.inUse(value) || strings.HasPrefix(value, "-----BEGIN ") && !strings.Contains(value, "PRIVATE KEY") {
		return
	}
	switch kind := fieldKind(name); {
	case strings.Contains(value, "PRIVATE KEY-----"):
		c.pem(name, strings.ReplaceAll(value, `\n`, "\n"), line)
	case strings.Contains(value, "://"):
		c.address(name, value, line, kind)
	case value[0] == '{' || value[0] == '[':
		c.nest(name, value, line)
	case strings.IndexByte(value, ';') > 0 && strings.IndexByte(value, '=') > 0 && c.settings(name, value, line):
	case kind == strongName && c.named(value), kind == weakName && isRandom(value) && !isPath(value), hasTokenShape(value),
		kind == notSecret && isSecretRandom(name, value):
		c.add(name, value, line)
		c.encoded(name, value, line)
	default:
		c.tokens(value, line)
	}
}

// inUse reports a value of a program's own file of credentials in a home directory:
// nothing is still to be filled in there, whatever the value reads like.
func (c *collector) inUse(value string) bool {
	return strings.HasSuffix(c.path, "/.aws/credentials") && !isReference(value) && !strings.Contains(value, "[redacted") &&
		!strings.Contains(value, "withheld by restrain")
}

// fieldKind is secretName for what stands in files, where more is a field than
// in a command.
func fieldKind(name string) nameKind {
	if isPublicName(name) {
		return notSecret
	}
	if i := strings.LastIndexAny(name, " /:."); i >= 0 {
		name = name[i+1:]
	}
	if kind := secretName(name); kind == strongName {
		if n := len(name); n > 2 && strings.EqualFold(name[n-2:], "id") && !isLetter(name[n-3]) {
			return notSecret // private_key_id, aws_access_key_id
		}
		return kind
	} else if namesNoValue(name) {
		return notSecret
	} else {
		for _, word := range [...]string{"credential", "credentials", "client-key-data", "mnemonic", "seed_phrase", "passcode", "_auth", "auth"} {
			for i := 0; i+len(word) <= len(name); i++ {
				if hasWord(name, i, word) && i+len(word) == len(name) {
					return strongName
				}
			}
		}
		return kind
	}
}

// isPublicName tells the names of what anybody may see.
func isPublicName(name string) bool {
	lower := strings.ToLower(name)
	for _, word := range [...]string{"secret", "password", "private"} {
		if strings.Contains(lower, word) {
			return false
		}
	}
	for _, prefix := range [...]string{"next_public_", "vite_", "react_app_", "expo_public_", "nuxt_public_", "gatsby_", "public_"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	for _, word := range [...]string{"public", "publishable", "pubkey", "fingerprint", "checksum", "integrity", "certificate", "sha1", "sha256",
		"sha512", "digest", "commit", "etag", "revision", "version", "uuid"} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// named reports whether the value of a secret's name is a secret: most are,
// settings are not, and neither are words where text is read that may be code.
func (c *collector) named(value string) bool {
	if len(value) < 6 || isNumber(value) || isPath(value) || isReference(value) || !hasAlphanumeric(value) || isCommonWord(value) {
		return false
	}
	if !c.lax {
		return true
	}
	if strings.ContainsAny(value, "(){}[]<>") && !isRandom(value) {
		return false // code
	}
	digit, other, words := false, false, 0
	for i := range len(value) {
		switch ch := value[i]; {
		case ch >= '0' && ch <= '9':
			digit = true
		case ch == ' ':
			words++
		case !isLetter(ch) && strings.IndexByte("-_./:,'", ch) < 0:
			other = true
		}
	}
	if words > 2 {
		return digit && other
	}
	return digit || other || len(value) >= 20 && entropy(value) > 4
}

// address keeps the password of an address, or the token in its query.
func (c *collector) address(name, value string, line int, kind nameKind) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" {
		start := strings.Index(value, "://") + len("://")
		end := start + strings.LastIndexByte(value[start:], '@')
		if colon := strings.IndexByte(value[start:max(start, end)], ':'); colon >= 0 {
			c.password(name, value[start+colon+1:end], line)
		} else {
			c.tokens(value, line)
		}
		return
	}
	if u.User != nil {
		password, ok := u.User.Password()
		raw := u.User.String()
		switch {
		case ok:
			c.password(name, password, line)
			if _, raw, _ = strings.Cut(raw, ":"); raw != password {
				c.password(name, raw, line)
			}
		case hasTokenShape(raw) || kind == strongName && isRandom(raw):
			c.password(name, raw, line)
		}
	}
	for key, list := range u.Query() {
		for _, v := range list {
			if fieldKind(key) == strongName || strings.EqualFold(key, "sig") {
				c.password(name, v, line)
			}
		}
	}
	// What a webhook's address ends with is all that protects it.
	if last := u.Path[strings.LastIndexByte(u.Path, '/')+1:]; strings.Contains(strings.ToLower(name+u.Host+u.Path), "hook") && len(last) >= 20 && isRandom(last) {
		c.add(name, last, line)
	}
	c.tokens(value, line)
}

func (c *collector) password(name, value string, line int) {
	if len(value) >= 6 && !isPlaceholder(value) && !isReference(value) && hasAlphanumeric(value) && !isCommonWord(value) {
		c.add(name, value, line)
	}
}

// settings reads "Server=…;Password=…", and reports whether it was that.
func (c *collector) settings(name, value string, line int) bool {
	found := false
	for part := range strings.SplitSeq(value, ";") {
		if key, v, ok := strings.Cut(part, "="); ok && fieldKind(strings.ReplaceAll(key, " ", "_")) == strongName {
			c.password(name, strings.TrimSpace(v), line)
			found = true
		}
	}
	return found
}

// encoded keeps what a value is in plain: user:password of a registry, a key.
func (c *collector) encoded(name, value string, line int) {
	lower := strings.ToLower(name)
	if !strings.HasSuffix(lower, "auth") && !strings.HasSuffix(lower, "password") && !strings.HasSuffix(lower, "data") && !strings.Contains(lower, "data ") {
		return
	}
	plain, err := base64.StdEncoding.DecodeString(value)
	if err != nil || !isText(plain) {
		return
	}
	text := string(plain)
	switch _, password, ok := strings.Cut(text, ":"); {
	case strings.Contains(text, "PRIVATE KEY-----"):
		c.encodedPEM(name, text, line)
	case strings.HasSuffix(lower, "auth") && ok:
		c.password(name, password, line)
	default:
		c.password(name, strings.TrimSpace(text), line)
	}
}

func isText(b []byte) bool {
	for _, ch := range b {
		if ch < ' ' && ch != '\n' && ch != '\r' && ch != '\t' || ch > 0x7e {
			return false
		}
	}
	return len(b) > 0
}

// tokens keeps what has the shape of a token, wherever it stands in a text.
func (c *collector) tokens(text string, line int) {
	for i := 0; i < len(text); {
		if text[i] == '\n' && line > 0 {
			line++
		}
		if !isWordStart(text[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(text) && isWordByte(text[end]) {
			end++
		}
		n := tokenLen(text[i:], end-i)
		if n > 0 && !isPlaceholder(text[i:i+n]) {
			c.add(text[i:i+tokenPrefix(text[i:i+n])]+"… token", text[i:i+n], line)
		}
		i = max(end, i+n)
	}
}

// hasTokenShape reports whether all of a value is a token of a known shape.
func hasTokenShape(value string) bool {
	end := 0
	for end < len(value) && isWordByte(value[end]) {
		end++
	}
	return end > 0 && tokenLen(value, end) == len(value)
}

// isSecretRandom reports whether a value without a telling name is a secret by
// what it is made of: not an id, a hash, a date or an address.
func isSecretRandom(name, value string) bool {
	if len(value) < 20 || isPublicName(name) || !isRandom(value) || isPath(value) || strings.HasPrefix(value, "sha") ||
		strings.HasPrefix(value, "pk_") || strings.HasSuffix(value, "==") && strings.HasPrefix(value, "AAAA") {
		return false
	}
	if n := len(name); n >= 2 && strings.EqualFold(name[n-2:], "id") || namesNoValue(name[strings.LastIndexAny(name, " /:.")+1:]) {
		return false
	}
	upper, lower, digits, joints := 0, 0, 0, 0
	for i := range len(value) {
		switch ch := value[i]; {
		case isUpper(ch):
			upper++
		case isLetter(ch):
			lower++
		case ch >= '0' && ch <= '9':
			digits++
		case ch == '.' || ch == '-' || ch == '_' || ch == '/':
			joints++
		}
	}
	return upper >= 3 && lower >= 3 && digits >= 3 && joints*8 <= len(value) && entropy(value) > 3.8
}

// entropy is Shannon's, in bits a byte.
func entropy(value string) float64 {
	var counts [256]int
	for i := range len(value) {
		counts[value[i]]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(value))
			sum -= p * math.Log2(p)
		}
	}
	return sum
}

// isPlaceholder reports whether a value stands for one that is still to be
// filled in, or was taken out.
func isPlaceholder(value string) bool {
	if isReference(value) && !strings.HasPrefix(value, "%") || strings.Contains(value, "${") || strings.Contains(value, "{{") || strings.Contains(value, "[redacted") {
		return true
	}
	if len(value) > 256 {
		return false
	}
	lower := strings.ToLower(value)
	for _, word := range [...]string{
		"changeme", "change-me", "change_me", "change-this", "your-", "your_", "yourtoken", "xxxx", "****", "....", "placeholder", "example", "dummy",
		"replace", "todo", "insert-", "not-set", "notset", "redacted", "withheld by restrain", "goes-here", "goes_here", "-here", "_here", "put-", "fill-in", "<",
	} {
		if strings.Contains(lower, word) {
			return word != "<" || strings.Contains(lower, ">")
		}
	}
	for _, prefix := range [...]string{"op://", "vault:", "arn:", "file:", "ref+", "secretsmanager:", "keyring:", "aws-sm:", "ssm:", "projects/"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return lower[0] == '<' || strings.Trim(value, value[:1]) == ""
}

// isCommonWord tells the passwords of databases on one's own machine, and what
// is a setting's word.
func isCommonWord(value string) bool {
	switch strings.ToLower(value) {
	case "postgres", "password", "passwd", "secret", "minioadmin", "default", "supersecret", "test", "testing", "testtest", "admin", "root", "guest", "rabbitmq",
		"bearer", "basic", "digest", "enabled", "disabled", "required", "optional", "always", "inherit", "string", "boolean", "number", "object", "undefined",
		"localhost", "development", "production", "staging", "system", "keychain", "osxkeychain", "manager", "public", "private", "true", "false", "prompt", "plaintext", "github", "gitlab", "oauth2", "access", "refresh":
		return true
	}
	return false
}

// isNumber tells numbers, times and lists of them. A long one is a password or
// an id, and no port.
func isNumber(value string) bool {
	if len(value) > 9 {
		return false
	}
	for i := range len(value) {
		if ch := value[i]; (ch < '0' || ch > '9') && strings.IndexByte(".,:-+_smhdKMGB ", ch) < 0 {
			return false
		}
	}
	return true
}

// isPath tells the path of a file. A base64 text may begin with a slash too, and
// is long and mixed between two of them.
func isPath(value string) bool {
	if strings.HasPrefix(value, "~/") || strings.HasPrefix(value, "./") || strings.HasPrefix(value, "../") || strings.HasPrefix(value, "file:") ||
		len(value) > 3 && value[1] == ':' && value[2] == '\\' {
		return true
	}
	if !strings.HasPrefix(value, "/") {
		return false
	}
	return !(len(value) >= 20 && len(value)/(1+strings.Count(value, "/")) >= 10 && strings.IndexByte(value, '.') < 0 && entropy(value) > 4)
}
