package main

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"restrain/session"
)

// A netClient is a program that makes requests, and whether a session's proxy
// sees them.
type netClient struct {
	program string
	unseen  string // why not; empty where they are
}

// netClients are in the order of docs/wire.md.
var netClients = [...]netClient{
	{"curl", ""}, {"wget", ""}, {"git", ""}, {"python3", ""}, {"go", ""}, {"gh", ""}, {"kubectl", ""}, {"terraform", ""}, {"aws", ""}, {"gcloud", ""}, {"ruby", ""},
	{"node", ""}, {"deno", ""}, {"bun", ""}, {"cargo", ""}, {"java", ""}, {"php", "its streams know no proxy"},
}

// network tells whether sessions look at the network, and whose requests they see.
func (d *doctor) network(ctx context.Context) finding {
	f := finding{Agent: "restrain", Door: "net", State: notSetUp}
	rules, err := session.LoadRules(d.host.Getenv)
	if err != nil {
		return f // which the rules' own row says
	}
	f.Where, err = session.WirePath()
	switch {
	case rules.Net && err != nil:
		f.State, f.Detail, f.Hint = notInForce, "net = true, and restrain-wire is not installed beside restrain: no session starts", "install it there, or take net = true out of your rules file"
		return f
	case err != nil:
		f.Hint = "install restrain-wire beside restrain for restrain --net"
		return f
	case rules.Net:
		f.State = inForce
	}
	var seen, unseen []string
	for _, c := range netClients {
		switch why := c.why(ctx); {
		case why == notHere:
		case why == "":
			seen = append(seen, c.program)
		default:
			unseen = append(unseen, c.program+" ("+why+")")
		}
	}
	f.Detail = "sees what is asked by " + strings.Join(seen, ", ")
	if len(unseen) > 0 {
		f.Detail += "; not by " + strings.Join(unseen, ", ")
	}
	return f
}

// why is why a client's requests are not seen, notHere for one that there is not.
func (c *netClient) why(ctx context.Context) string {
	path, err := exec.LookPath(c.program)
	switch {
	case err != nil:
		return notHere
	case c.program != "node":
		return c.unseen
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "-p", `process.allowedNodeEnvironmentFlags.has("--use-env-proxy")`).Output()
	if err != nil || strings.TrimSpace(string(out)) != "true" {
		return "this version knows no proxy"
	}
	return ""
}
