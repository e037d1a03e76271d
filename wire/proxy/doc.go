// Package proxy is the proxy of package wire: it opens the connections to the
// hosts that are looked into, has each request on them judged by the session, and
// tunnels everything else untouched.
//
// It is net/http's own server and client with a certificate authority of the
// session's in between. github.com/elazarl/goproxy was weighed: its authority has
// a key that everybody knows, its opened connections are served by a loop of its
// own for HTTP/1.1, and what is needed of it here (CONNECT and a signer) is less
// than what would have to be switched off.
//
// It must not know what is dangerous. Whatever keeps a request from being judged
// refuses it.
package proxy
