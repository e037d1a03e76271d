// Command clients asks the same of a provider with every HTTP client that is on the
// machine, in a session with --net: something harmless, 100 MB each way, a deletion
// that is denied, one that is approved, and with a certificate that it refuses. It
// says for each client what was seen of it, and which clients there were not. It is
// started by e2e/clients/run; no test of the project needs it.
//
// The names lead to a server in a network of its own, with nothing but loopback.
package main
