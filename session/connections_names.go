package session

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// This file finds out what the hosts are called that programs connect to. The
// kernel has their addresses only; the names stand in the words and the variables
// of the program, in the project's files of variables, or are what the address is
// called by those who have it.

// Bounds of looking for names.
const (
	lookupTime   = 300 * time.Millisecond // for all names of a connection
	lookupAge    = time.Minute            // of what was found
	maxNames     = 24                     // of a connection
	maxLooked    = 512                    // that are remembered
	maxNamesText = 256 << 10              // bytes that names are looked for in, of a file
)

// A resolver finds the addresses of a name and the names of an address.
type resolver interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
	LookupAddr(ctx context.Context, addr string) ([]string, error)
}

// hostNames finds the names of addresses.
type hostNames struct {
	resolver resolver

	mu     sync.Mutex
	looked map[string]lookedUp
}

type lookedUp struct {
	addrs []netip.Addr
	at    time.Time
}

// newHostNames asks the system's resolver, in Go, so that nothing of the C library is
// started in the session's process.
func newHostNames() hostNames {
	return hostNames{resolver: &net.Resolver{PreferGo: true}, looked: map[string]lookedUp{}}
}

// of is the name of the host that a program connects to, empty for none that is
// known. Of several the first counts that is not near: a name that makes nothing of
// a connection must be the only one.
func (s *hostNames) of(ctx context.Context, n *connection, near func(string) bool) string {
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addr := n.Address.Addr()
	candidates := namesOf(n)
	found := s.matching(ctx, candidates, addr)
	if len(found) == 0 {
		called, err := s.resolver.LookupAddr(ctx, addr.String())
		if err != nil {
			return ""
		}
		for i := range called {
			called[i] = strings.ToLower(strings.TrimSuffix(called[i], "."))
		}
		// What an address calls itself counts when the name has that address.
		found = s.matching(ctx, called[:min(len(called), maxNames)], addr)
	}
	for _, name := range found {
		if !near(name) {
			return name
		}
	}
	if len(found) > 0 {
		return found[0]
	}
	return ""
}

// matching are those of the names that have an address, in their order.
func (s *hostNames) matching(ctx context.Context, list []string, addr netip.Addr) []string {
	has := make([]bool, len(list))
	var all sync.WaitGroup
	for i, name := range list {
		all.Go(func() { has[i] = slices.Contains(s.addrs(ctx, name), addr) })
	}
	all.Wait()
	var found []string
	for i, name := range list {
		if has[i] {
			found = append(found, name)
		}
	}
	return found
}

// addrs are the addresses of a name.
func (s *hostNames) addrs(ctx context.Context, name string) []netip.Addr {
	s.mu.Lock()
	known, ok := s.looked[name]
	s.mu.Unlock()
	if ok && time.Since(known.at) < lookupAge {
		return known.addrs
	}
	addrs, err := s.resolver.LookupNetIP(ctx, "ip", name)
	if err != nil && ctx.Err() != nil {
		return known.addrs // not in time; what it was is better than nothing
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap().WithZone("")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.looked) >= maxLooked {
		clear(s.looked)
	}
	s.looked[name] = lookedUp{addrs, time.Now()}
	return addrs
}

// namesOf are the hosts that a program may mean, the likeliest first.
func namesOf(n *connection) []string {
	var list []string
	add := func(hosts []string) {
		for _, host := range hosts {
			if len(list) < maxNames && !slices.Contains(list, host) {
				list = append(list, host)
			}
		}
	}
	proc := "/proc/" + strconv.Itoa(n.Process.PID)
	add(hostsIn(n.argv))
	if text, err := readBounded(proc + "/environ"); err == nil {
		add(hostsOfVariables(strings.Split(text, "\x00")))
	}
	if _, _, text := n.permit.Step(); text != "" {
		add(hostsIn(strings.Fields(text)))
	}
	if dir, err := os.Readlink(proc + "/cwd"); err == nil {
		for _, file := range [...]string{".env", ".env.local", ".env.production", ".envrc"} {
			if text, err := readBounded(filepath.Join(dir, file)); err == nil {
				add(hostsOfVariables(strings.Split(text, "\n")))
			}
		}
	}
	return list
}

func readBounded(path string) (string, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0) // a pipe has no end
	if err != nil {
		return "", err
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", os.ErrInvalid
	}
	text, err := io.ReadAll(io.LimitReader(file, maxNamesText))
	return string(text), err
}

// hostOptions are options whose value is where a client connects.
var hostOptions = [...]string{"-h", "--host", "-H", "-S", "--server", "-server", "-s", "-b", "--broker", "--bootstrap-server", "--endpoints", "--hostname", "-u", "--url", "--uri", "--node", "-d", "--dbname", "--dsn"}

// hostsIn are the hosts that the words of a command name.
func hostsIn(argv []string) (list []string) {
	for i, word := range argv {
		if i == 0 {
			continue
		}
		option := argv[i-1]
		if name, value, ok := strings.Cut(word, "="); ok && strings.HasPrefix(name, "-") {
			option, word = name, value
		} else if len(word) > 2 && word[:2] == "-h" {
			option, word = "-h", word[2:]
		}
		list = append(list, hostsInText(word, slices.Contains(hostOptions[:], option))...)
	}
	return list
}

// hostsOfVariables are the hosts that variables name, NAME=VALUE.
func hostsOfVariables(lines []string) (list []string) {
	for _, line := range lines {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !ok || len(name) > 64 {
			continue
		}
		name = strings.ToUpper(strings.TrimSpace(name))
		is := slices.ContainsFunc([]string{"HOST", "SERVER", "ENDPOINT", "BROKER", "ADDR"}, func(word string) bool { return strings.Contains(name, word) })
		list = append(list, hostsInText(strings.Trim(strings.TrimSpace(value), `"'`), is)...)
	}
	return list
}

// hostsInText are the hosts of an address: of a URL with one or several, host=NAME
// of a connection string, USER@HOST, HOST:PORT, and with is any name.
func hostsInText(text string, is bool) (list []string) {
	for _, key := range [...]string{"host=", "Host=", "Server=", "server=", "hostaddr=", "Data Source="} {
		if _, rest, ok := strings.Cut(text, key); ok {
			rest = rest[:indexOr(rest, " ;&,")]
			list = append(list, hostName(strings.TrimPrefix(rest, "tcp:"))...)
		}
	}
	if _, rest, ok := strings.Cut(text, "://"); ok {
		text, is = rest[:indexOr(rest, "/?# ")], true
	}
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		text, is = text[at+1:], true
		text = text[:indexOr(text, "/ ")]
	}
	for part := range strings.SplitSeq(text, ",") {
		host, port, ok := strings.Cut(strings.TrimPrefix(part, "tcp:"), ":")
		if _, err := strconv.ParseUint(port[:indexOr(port, "/")], 10, 16); is || ok && err == nil {
			list = append(list, hostName(host)...)
		}
	}
	return list
}

// indexOr is where one of the characters stands, or the text's end.
func indexOr(text, chars string) int {
	if i := strings.IndexAny(text, chars); i >= 0 {
		return i
	}
	return len(text)
}

// hostName is a name that a resolver may be asked for, or none.
func hostName(text string) []string {
	text = strings.TrimSuffix(strings.ToLower(text), ".")
	const longest = 253
	if text == "" || len(text) > longest || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-._") != "" || strings.Trim(text, "0123456789.") == "" {
		return nil
	}
	return []string{text}
}
