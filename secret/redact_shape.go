package secret

import "strings"

// maxTokenPrefix is how much of a token's known prefix stays readable.
const maxTokenPrefix = 4

// A tokenShape is how the tokens of one provider begin.
type tokenShape struct {
	prefix string
	keep   int  // bytes of the prefix that stay readable
	min    int  // bytes of the shortest token
	dots   bool // the token has dots in it
	base64 bool // the token has + / = in it
}

// tokenShapes follow the providers' documentation of their token formats.
var tokenShapes = [...]tokenShape{
	{prefix: "AGE-SECRET-KEY-", keep: 4, min: 40},
	{prefix: "AIza", keep: 4, min: 30},
	{prefix: "AKIA", keep: 4, min: 16},
	{prefix: "ASIA", keep: 4, min: 16},
	{prefix: "ATATT", keep: 4, min: 24, base64: true},
	{prefix: "SG.", keep: 3, min: 24, dots: true},
	{prefix: "dapi", keep: 4, min: 32},
	{prefix: "dop_v1_", keep: 4, min: 32},
	{prefix: "eyJ", keep: 3, min: 24, dots: true},
	{prefix: "figd_", keep: 4, min: 24},
	{prefix: "fm1_", keep: 4, min: 24, base64: true},
	{prefix: "fm2_", keep: 4, min: 24, base64: true},
	{prefix: "ghp_", keep: 4, min: 16},
	{prefix: "gho_", keep: 4, min: 16},
	{prefix: "ghu_", keep: 4, min: 16},
	{prefix: "ghs_", keep: 4, min: 16},
	{prefix: "ghr_", keep: 4, min: 16},
	{prefix: "github_pat_", keep: 4, min: 24},
	{prefix: "glpat-", keep: 4, min: 16, dots: true},
	{prefix: "gsk_", keep: 4, min: 24},
	{prefix: "hf_", keep: 3, min: 24},
	{prefix: "hvb.", keep: 4, min: 24, dots: true},
	{prefix: "hvs.", keep: 4, min: 24, dots: true},
	{prefix: "lin_api_", keep: 4, min: 24},
	{prefix: "napi_", keep: 4, min: 24},
	{prefix: "nfp_", keep: 4, min: 24},
	{prefix: "npm_", keep: 4, min: 24},
	{prefix: "ntn_", keep: 4, min: 24},
	{prefix: "pscale_tkn_", keep: 4, min: 24},
	{prefix: "pul-", keep: 4, min: 32},
	{prefix: "pypi-", keep: 4, min: 24},
	{prefix: "r8_", keep: 3, min: 24},
	{prefix: "rk_live_", keep: 4, min: 20},
	{prefix: "rnd_", keep: 4, min: 20},
	{prefix: "sbp_", keep: 4, min: 24},
	{prefix: "shpat_", keep: 4, min: 24},
	{prefix: "sk-", keep: 3, min: 20},
	{prefix: "sk_live_", keep: 4, min: 20},
	{prefix: "sk_test_", keep: 4, min: 20},
	{prefix: "sntrys_", keep: 4, min: 24, base64: true},
	{prefix: "tskey-", keep: 4, min: 20},
	{prefix: "whsec_", keep: 4, min: 20, base64: true},
	{prefix: "xai-", keep: 4, min: 24},
	{prefix: "xapp-", keep: 4, min: 20},
	{prefix: "xoxa-", keep: 4, min: 16},
	{prefix: "xoxb-", keep: 4, min: 16},
	{prefix: "xoxe-", keep: 4, min: 16},
	{prefix: "xoxp-", keep: 4, min: 16},
	{prefix: "xoxs-", keep: 4, min: 16},
}

// tokenLen gives the length of the token of a known shape that text starts
// with, or 0. word is the length of the word that text starts with.
func tokenLen(text string, word int) int {
	if word < 16 && (word > 6 || word == len(text) || text[word] != '.') {
		return 0
	}
	for i := range tokenShapes {
		shape := &tokenShapes[i]
		if text[0] != shape.prefix[0] || !strings.HasPrefix(text, shape.prefix) {
			continue
		}
		n := len(shape.prefix)
		digit := false
		for n < len(text) && (digit || n < maxUndecided) && shape.has(text[n]) {
			digit = digit || text[n] >= '0' && text[n] <= '9'
			n++
		}
		for text[n-1] == '.' {
			n--
		}
		if n >= shape.min && digit {
			return n
		}
	}
	return 0
}

// maxUndecided is how far a run is read before it must look like a secret: a
// text of many runs is still read in linear time.
const maxUndecided = 64

// has reports whether a byte can be part of the token.
func (s *tokenShape) has(c byte) bool {
	return isWordByte(c) || s.dots && c == '.' || s.base64 && strings.IndexByte("+/=", c) >= 0
}

// tokenPrefix gives how many bytes of a secret are the prefix of a known shape
// and may stay readable.
func tokenPrefix(secret string) int {
	for i := range tokenShapes {
		if kept := tokenShapes[i].prefix[:tokenShapes[i].keep]; strings.HasPrefix(secret, kept) {
			return len(kept)
		}
	}
	return 0
}

// randomLen gives the length of the long random run that text starts with, or
// 0: base64, hex or a UUID.
func randomLen(text string) int {
	n, digits, upper, lower, slash := 0, 0, false, false, false
	for ; n < len(text) && (digits >= 3 || n < maxUndecided); n++ {
		switch c := text[n]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z':
			lower = true
		case c >= 'A' && c <= 'Z':
			upper = true
		case c == '/':
			slash = true
		case c != '+' && c != '=' && c != '_' && c != '-':
			goto end
		}
	}
end:
	if n < 32 || digits < 3 || !upper && !lower || slash && !(upper && lower) {
		return 0
	}
	return n
}

// isMixed reports whether a word is of the kind that only machines write: upper
// and lower case and digits without an order. Names in camel case change less
// often; ids and hashes in hex have one case, and a reader must see them.
func isMixed(word string) bool {
	if len(word) < 20 || isPublicID(word) {
		return false
	}
	var upper, lower, digits, joints, changes, named int
	before, run := 0, 0
	for i := range len(word) {
		class := 0
		switch c := word[i]; {
		case isUpper(c):
			upper++
			class = 1
		case isLetter(c):
			lower++
			class = 2
		case c >= '0' && c <= '9':
			digits++
			class = 3
		default:
			joints++
			continue
		}
		switch {
		case class != before:
			changes++
			run = 1
		case class == 2:
			if run++; run == 2 {
				named += 3 // an upper case sign, mostly, and two of lower case
			} else {
				named++
			}
		}
		before = class
	}
	return upper >= 2 && lower >= 2 && digits >= 1 && joints*6 <= len(word) && changes*100 >= 38*len(word) && named*100 <= 65*len(word)
}

// isPublicID tells the ids of resources that are written as tokens are.
func isPublicID(word string) bool {
	switch prefix, _, _ := strings.Cut(word, "_"); prefix {
	case "dpl", "prj", "team", "cus", "sub", "price", "prod", "pi", "ch", "evt", "in", "acct", "pk", "req", "run", "msg", "file", "thread", "asst", "org", "user", "resp", "call", "toolu":
		return len(prefix) < len(word)
	}
	return strings.HasPrefix(word, "sha")
}

// isRandom reports whether a value looks made by a machine rather than written
// or a path.
func isRandom(value string) bool {
	if len(value) < 16 || strings.IndexByte("/~.", value[0]) >= 0 {
		return false
	}
	digits, letters := 0, 0
	for i := range len(value) {
		switch c := value[i]; {
		case c >= '0' && c <= '9':
			digits++
		case isLetter(c):
			letters++
		case strings.IndexByte("+/=_-.", c) < 0:
			return false
		}
	}
	return digits >= 2 && letters >= 2
}

// A nameKind says what a name tells about its value.
type nameKind uint8

const (
	notSecret  nameKind = iota
	weakName            // secret if the value looks random
	strongName          // secret
)

// Named reports whether a name of a variable, a field, a header or a flag says
// that its value may be a secret.
func Named(name string) bool { return secretName(name) != notSecret }

// secretName judges the name of a variable, a field, a header or a flag.
func secretName(name string) nameKind {
	if len(name) < 3 {
		if strings.EqualFold(name, "pw") {
			return strongName
		}
		return notSecret
	}
	kind := notSecret
	for i := 0; i+3 <= len(name) && kind != strongName; i++ {
		var words []string
		switch name[i] | 0x20 {
		case 'a':
			words = apiWords
		case 'p':
			words = passWords
		case 's':
			words = secretWords
			if i > 2 && name[0]|0x20 == 'x' && name[1] == '-' && hasWord(name, i, "signature") { // X-Amz-Signature
				return strongName
			}
			if kind == notSecret && (hasWord(name, i, "signature") || hasWord(name, i, "sig")) {
				kind = weakName
			}
		case 't':
			words = tokenWords
		case 'c':
			words = cookieWords
		case 'b':
			words = bearerWords
		case 'k':
			if kind == notSecret && len(name) >= 4 && hasWord(name, i, "key") && i+3 == len(name) {
				kind = weakName
			}
		}
		for _, word := range words {
			if hasWord(name, i, word) {
				kind = strongName
			}
		}
	}
	if kind != notSecret && namesNoValue(name) {
		return notSecret
	}
	return kind
}

var (
	apiWords    = []string{"authorization", "api_key", "api-key", "apikey", "access_key", "access-key", "accesskey", "auth_key", "auth-key", "account_key", "accountkey"}
	passWords   = []string{"password", "passwd", "passphrase", "private_key", "private-key", "privatekey", "pwd", "pass", "passcode"}
	secretWords = []string{"secret", "signing_key", "session_key", "sas_url", "set-secret"}
	tokenWords  = []string{"token"}
	cookieWords = []string{"cookie"}
	bearerWords = []string{"bearer"}
)

// hasWord reports whether word stands in name at i, in any case, and does not
// go on there: token is in API_TOKEN and authTokenValue, and not in tokenizer.
// A short word must stand alone.
func hasWord(name string, i int, word string) bool {
	end := i + len(word)
	if end > len(name) || !strings.EqualFold(name[i:end], word) {
		return false
	}
	if end < len(name) && isLetter(name[end]) && (isUpper(name[end]) == isUpper(name[end-1]) || isUpper(name[end-1])) {
		return false
	}
	if len(word) > 4 || i == 0 {
		return true
	}
	return !isLetter(name[i-1]) || isUpper(name[i]) && !isUpper(name[i-1])
}

// namesNoValue reports whether a name that has a secret's word in it is that of
// something else: where the secret lies, how it is called, how long it is.
func namesNoValue(name string) bool {
	switch name {
	case "PWD", "OLDPWD":
		return true
	}
	for _, end := range [...]string{
		"file", "path", "dir", "name", "type", "length", "count", "limit", "ttl",
		"expiry", "expires", "url", "uri", "arn", "ref", "stdin", "env", "policy", "field", "prompt", "endpoint",
	} {
		if n := len(name) - len(end); n > 0 && strings.EqualFold(name[n:], end) &&
			(!isLetter(name[n-1]) || isUpper(name[n]) && !isUpper(name[n-1])) {
			return true
		}
	}
	return false
}

// secretScheme reports whether the values of a name begin with an
// authentication scheme.
func secretScheme(name string) bool {
	n := len(name) - len("authorization")
	return n >= 0 && strings.EqualFold(name[n:], "authorization")
}

func isCookie(name string) bool {
	return strings.EqualFold(name, "cookie") || strings.EqualFold(name, "set-cookie")
}

// hole stands in a text for what is not known before it runs.
const hole = "\uFFFC"

// isReference reports whether a value starts as one that stands for a value
// elsewhere, or for any: a variable, a placeholder, a pattern.
func isReference(value string) bool {
	second := byte(0)
	if value == "" {
		return true
	}
	if len(value) > 1 {
		second = value[1]
	}
	switch value[0] {
	case '$':
		if second == '{' || second == '(' || second == '_' || second == '\'' || isLetter(second) {
			return true
		}
	case '`', '<':
		return true
	case '{':
		return second == '{'
	case '%':
		return isLetter(second)
	case '[':
		if second == '^' || len(value) > 2 && value[2] == '-' && !strings.HasPrefix(value, "[redacted") {
			return true
		}
	}
	if strings.HasPrefix(value, hole) {
		return true
	}
	for _, code := range [...]string{"process.env", "os.environ", "os.getenv", "import.meta", "ENV[", "env.", "secrets."} {
		if strings.HasPrefix(value, code) {
			return true
		}
	}
	return false
}

// hasAlphanumeric reports a sign that a secret can be made of; a mask such as
// *** or xxx has none.
func hasAlphanumeric(value string) bool {
	for i := range len(value) {
		if c := value[i]; isLetter(c) && c != 'x' && c != 'X' || c >= '0' && c <= '9' || c >= 0x80 {
			return true
		}
	}
	return false
}

// isTypeOrLiteral reports whether a bare value is a type or a literal of code.
func isTypeOrLiteral(value string) bool {
	switch strings.TrimRight(value, "]?[.") {
	case "string", "str", "String", "bool", "boolean", "any", "int", "number", "bytes", "Optional",
		"true", "false", "True", "False", "null", "nil", "None", "none", "undefined", "new", "await", "":
		return true
	}
	return false
}

func isWordStart(c byte) bool { return isLetter(c) || c >= '0' && c <= '9' || c == '_' }
func isWordByte(c byte) bool  { return isWordStart(c) || c == '-' }
func isUpper(c byte) bool     { return c >= 'A' && c <= 'Z' }
func isLetter(c byte) bool    { return c|0x20 >= 'a' && c|0x20 <= 'z' }
func isBlank(c byte) bool     { return c == ' ' || c == '\t' }
func isQuote(c byte) bool     { return c == '"' || c == '\'' || c == '`' }

// isValueEnd reports the signs that end an unquoted value.
func isValueEnd(c byte) bool { return strings.IndexByte("\n\r;|&()<>,}", c) >= 0 }

func skipBlanks(t string, i int) int {
	for i < len(t) && isBlank(t[i]) {
		i++
	}
	return i
}
