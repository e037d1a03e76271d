// Package gate is the only decider: it brings together what a step does
// (classify), how it fits the session (trust), the policy and the grants, and
// answers allow, ask or deny. It journals a step before it lets it run: no
// entry, no run. It must not know how commands are caught or how a question is
// drawn.
package gate
