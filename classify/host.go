package classify

import (
	"net/netip"
	"strings"

	"restrain/shellparse"
)

// hole is shellparse.Hole as a string.
const hole = string(shellparse.Hole)

// A location is a URL taken apart. Parts that are unknown have holes.
type location struct {
	scheme string // lower case; empty when there is none
	user   string // user:password
	host   string // lower case, without brackets
	port   string
	path   string // with a leading slash
	query  string // without the question mark
}

// splitURL takes a URL apart as HTTP clients do, which is more lenient than
// RFC 3986: the scheme may be missing, and nothing is an error.
func splitURL(url string) location {
	var loc location
	rest, _, _ := strings.Cut(strings.TrimSpace(url), "#")
	if i := strings.Index(rest, "://"); i >= 0 && !strings.ContainsAny(rest[:i], "/?") {
		loc.scheme, rest = strings.ToLower(rest[:i]), strings.TrimLeft(rest[i+3:], "/")
		if loc.scheme == "file" {
			loc.path = url[strings.Index(url, "://")+3:]
			return loc
		}
	}
	rest, loc.query, _ = strings.Cut(rest, "?")
	authority, path, _ := strings.Cut(rest, "/")
	loc.path = "/" + path
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		loc.user, authority = authority[:i], authority[i+1:]
	}
	if strings.HasPrefix(authority, "[") {
		if i := strings.IndexByte(authority, ']'); i > 0 {
			loc.host, loc.port = authority[1:i], strings.TrimPrefix(authority[i+1:], ":")
		}
	} else {
		loc.host, loc.port, _ = strings.Cut(authority, ":")
	}
	loc.host = strings.TrimSuffix(strings.ToLower(loc.host), ".")
	if loc.scheme == "" && authority == hole {
		// $URL or $BASE/x: the variable has the scheme, and perhaps a path.
		loc.host = hole
	}
	return loc
}

// hostScope tells how far away a host is: this machine, the local network, or
// the world.
func hostScope(host string) string {
	if i := strings.LastIndex(host, hole); i >= 0 {
		domain := host[i+len(hole):]
		if !strings.HasPrefix(domain, ".") || strings.Count(domain, ".") < 2 && !isLocalDomain(domain) {
			return scopeUnknown
		}
		host = domain[1:]
	}
	switch {
	case host == "":
		return scopeUnknown
	case host == "localhost", strings.HasSuffix(host, ".localhost"), host == "localhost.localdomain",
		host == "localtest.me", strings.HasSuffix(host, ".localtest.me"), host == "lvh.me", strings.HasSuffix(host, ".lvh.me"):
		return scopeLoopback
	case isLocalDomain(host):
		return scopePrivate
	}
	if addr, ok := parseAddr(host); ok {
		return addrScope(addr)
	}
	if !strings.Contains(host, ".") {
		return scopePrivate // the name of a service or a machine nearby
	}
	return scopePublic
}

// isLocalDomain reports names that no public resolver answers: RFC 6762, RFC
// 8375, RFC 6761, ICANN's .internal, and what networks use at home.
func isLocalDomain(host string) bool {
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "local", "internal", "lan", "home", "intranet", "corp", "test", "localdomain", "invalid":
		return strings.Contains(host, ".")
	}
	return strings.HasSuffix(host, ".home.arpa")
}

// plainHost gives an address in the form that rules have: 169.254.169.254 for
// 0xa9fea9fe, ::ffff:a9fe:a9fe and 169-254-169-254.nip.io. Any other host is
// left as it is.
func plainHost(host string) string {
	for _, echo := range [...]string{".nip.io", ".sslip.io", ".xip.io"} {
		name, ok := strings.CutSuffix(host, echo)
		if !ok {
			continue
		}
		parts := strings.FieldsFunc(name, func(c rune) bool { return c == '.' || c == '-' })
		if len(parts) >= 4 {
			if addr, ok := parseAddr(strings.Join(parts[len(parts)-4:], ".")); ok {
				return addr.String()
			}
		}
	}
	if host == "" || !strings.Contains(host, ":") && (host[0] < '0' || host[0] > '9') {
		return host
	}
	if addr, ok := parseAddr(host); ok {
		return addr.String()
	}
	return host
}

// parseAddr reads an address as clients do: also 127.1, 0x7f000001 and
// 2130706433 are 127.0.0.1.
func parseAddr(host string) (netip.Addr, bool) {
	if strings.Contains(host, ":") {
		host, _, _ = strings.Cut(host, "%") // the zone
		addr, err := netip.ParseAddr(host)
		return addr.Unmap(), err == nil
	}
	var value uint64
	parts := 0
	for rest, more := host, true; more; parts++ {
		var part string
		part, rest, more = strings.Cut(rest, ".")
		n, ok := parseNumber(part)
		if !ok || parts == 4 {
			return netip.Addr{}, false
		}
		if more {
			if n > 255 {
				return netip.Addr{}, false
			}
			value |= n << (24 - 8*parts)
			continue
		}
		if n >= 1<<(32-8*parts) {
			return netip.Addr{}, false
		}
		value |= n
	}
	return netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)}), true
}

// parseNumber reads decimal, 0x… and 0… numbers below 2^32.
func parseNumber(s string) (uint64, bool) {
	base := uint64(10)
	if len(s) > 2 && s[0] == '0' && s[1]|0x20 == 'x' {
		base, s = 16, s[2:]
	} else if len(s) > 1 && s[0] == '0' {
		base, s = 8, s[1:]
	}
	if s == "" || len(s) > 11 {
		return 0, false
	}
	var n uint64
	for i := range len(s) {
		digit := uint64(s[i] - '0')
		if c := s[i] | 0x20; base == 16 && c >= 'a' && c <= 'f' {
			digit = uint64(c-'a') + 10
		}
		if digit >= base {
			return 0, false
		}
		n = n*base + digit
	}
	return n, n < 1<<32
}

// addrScope follows the registries of RFC 6890.
func addrScope(addr netip.Addr) string {
	switch {
	case addr.IsLoopback(), addr.IsUnspecified():
		return scopeLoopback
	case addr.IsPrivate(), addr.IsLinkLocalUnicast():
		return scopePrivate
	case addr.Is4():
		if b := addr.As4(); b[0] == 100 && b[1]&0xc0 == 64 {
			return scopePrivate // carriers' and overlay networks, 100.64.0.0/10
		}
	}
	return scopePublic
}
