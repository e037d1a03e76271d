package session

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// nearAge is how long what is known of this machine's networks counts: containers
// get networks of their own while a session runs.
const nearAge = 2 * time.Second

// nearby knows the addresses that are on this machine: its own, and those of
// containers behind a bridge that leads nowhere else.
type nearby struct {
	mu       sync.Mutex
	at       time.Time
	own      []netip.Addr
	networks []netip.Prefix
}

// has reports an address that is on this machine.
func (n *nearby) has(addr netip.Addr) bool {
	if !addr.IsValid() {
		return false
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if time.Since(n.at) > nearAge {
		n.look()
	}
	for _, own := range n.own {
		if own == addr {
			return true
		}
	}
	for _, network := range n.networks {
		if network.Contains(addr) {
			return true
		}
	}
	return false
}

func (n *nearby) look() {
	n.at, n.own, n.networks = time.Now(), nil, nil
	interfaces, err := net.Interfaces()
	if err != nil {
		return
	}
	for i := range interfaces {
		addrs, err := interfaces[i].Addrs()
		if err != nil {
			continue
		}
		for _, a := range addrs {
			prefix, err := netip.ParsePrefix(a.String())
			if err != nil {
				continue
			}
			n.own = append(n.own, prefix.Addr().Unmap())
			if isInnerBridge(interfaces[i].Name) {
				n.networks = append(n.networks, prefix.Masked())
			}
		}
	}
}

// isInnerBridge reports a bridge none of whose ports is a device: what is behind it
// is on this machine.
func isInnerBridge(name string) bool {
	dir := filepath.Join("/sys/class/net", name)
	if _, err := os.Stat(filepath.Join(dir, "bridge")); err != nil {
		return false
	}
	ports, err := os.ReadDir(filepath.Join(dir, "brif"))
	if err != nil {
		return false
	}
	for _, port := range ports {
		if _, err := os.Stat(filepath.Join("/sys/class/net", port.Name(), "device")); err == nil {
			return false
		}
	}
	return true
}
