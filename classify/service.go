package classify

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A Service is what programs connect to by its port or its socket, and what is
// said there in no text.
type Service struct {
	ID      string `toml:"id"`
	Title   string `toml:"title"`   // "the database", as in "connects to the database db.example.com"
	Ports   []int  `toml:"ports"`   // of TCP
	Sockets Words  `toml:"sockets"` // paths of Unix sockets; globs, @ in front of an abstract one
	// Variables have the path of another socket of the service's, in the environment
	// that a session starts with.
	Variables Words `toml:"variables"`
	Clients   Words `toml:"clients"` // programs whose words say where they connect and what for; globs
	// Named reports clients that connect to what their words name and to nothing
	// else: no variable says it instead.
	Named bool `toml:"named"`
	// Web is where requests go, which the session's proxy sees.
	Web bool `toml:"web"`
}

// connectProgram stands for a program that opens a connection: what the kernel
// tells of is judged as `connect SERVICE HOST:PORT`, or `connect SERVICE PATH`.
const connectProgram = "connect"

// Connects are the words for a connection.
func Connects(service, to string) []string { return []string{connectProgram, service, to} }

// connects tells which service the command connects to, and on which host; that is
// empty for a socket. It is no service for every other command.
func (r *reader) connects() (service, host string) {
	if r.cmd.Name != connectProgram || len(r.cmd.Argv) != 3 {
		return "", ""
	}
	service, to := r.cmd.Argv[1].Text, r.cmd.Argv[2].Text
	if strings.Contains(to, "/") {
		return service, ""
	}
	host = to[:max(strings.LastIndexByte(to, ':'), 0)]
	return service, strings.ToLower(strings.Trim(host, "[]"))
}

func (s *Set) service(id string) *Service {
	if i := slices.IndexFunc(s.Services, func(t Service) bool { return t.ID == id }); i >= 0 {
		return &s.Services[i]
	}
	return nil
}

// Listens reports a service that is found at a port.
func (t *Service) Listens(port int) bool { return slices.Contains(t.Ports, port) }

// SocketsIn are the paths of the service's sockets that an environment names, as
// SSH_AUTH_SOCK=/PATH, TMUX=/PATH,PID,N or DOCKER_HOST=unix:///PATH.
func (t *Service) SocketsIn(getenv func(string) string) []string {
	var paths []string
	for _, name := range t.Variables {
		value := getenv(name)
		at := strings.IndexByte(value, '/')
		if at < 0 || at > 0 && !strings.HasPrefix(value, "unix:") || strings.Contains(value[:at], "abstract") {
			continue
		}
		path, _, _ := strings.Cut(value[at:], ",")
		paths = append(paths, filepath.Clean(path))
	}
	return paths
}

// Owns reports a Unix socket of the service, by its path.
func (t *Service) Owns(path string) bool { return matchAny(t.Sockets, path) }

// Says reports a program whose words say what it connects for.
func (t *Service) Says(program string) bool { return matchAny(t.Clients, program) }

// IsNear reports a host that is there for tests or development.
func (w *Wire) IsNear(host string) bool { return matchAnyFold(w.Near, host) }

// IsShut reports a host that is never looked into.
func (w *Wire) IsShut(host string) bool { return matchAnyFold(w.Shut, host) }

func (f *file) services(s *Set) error {
	if err := f.ids("service", len(s.Services), func(i int) string { return s.Services[i].ID }); err != nil {
		return err
	}
	for i := range s.Services {
		t := &s.Services[i]
		if t.Title == "" {
			return f.wrong("service", i, "title", "has no title", `give it one, such as title = "the database"`)
		}
		if len(t.Ports)+len(t.Sockets) == 0 {
			return f.wrong("service", i, "ports", "has no port and no socket", "name what it is found by, such as ports = [5432]")
		}
		for _, port := range t.Ports {
			if port < 1 || port > 65535 {
				return f.wrong("service", i, "ports", fmt.Sprintf("%d is no port", port), "name ports from 1 to 65535")
			}
		}
	}
	return nil
}
