// Package wire shows the API calls that programs make, as requests: a proxy on
// loopback, of a session's own, sees them on their way.
//
// It owns what is said between a session and its proxy, a request as the command
// that would make it, and the environment that leads clients to the proxy. The
// proxy itself is package wire/proxy, linked into restrain-wire only: an HTTP
// server takes its time to start, and restrain is started for every command.
//
// It must not know what is dangerous. A request that nobody answers for is
// refused.
package wire
