package intercept

import (
	"context"
	"net/netip"
)

// This file is about where supervised processes connect to, whatever the text of
// their command said.

// A ConnectWitness is told of connections before the kernel opens them, and says
// whether it may. Its methods are called from many goroutines at once, while the
// calling process is stopped: a program that connects without waiting stands
// still as well, so nothing there may wait for a human.
type ConnectWitness interface {
	// Ignores reports an address that is nothing to the witness, whoever connects
	// to it. It is asked for every connection, and must take no time.
	Ignores(a *Address) bool
	// Connect decides about one connection. The context ends when the process
	// that waits has gone.
	Connect(ctx context.Context, c ConnectCall) ConnectReply
}

// A ConnectReply is what the witness said. A connection that is not allowed fails
// with EHOSTUNREACH, and the message is written to the process's standard error:
// one line, safe for a terminal.
type ConnectReply struct {
	Allow   bool
	Message string
}

// An Address is where a socket is to be connected to: an address and a port, or
// the path of a Unix socket as the process named it, with @ in front of an
// abstract one.
type Address struct {
	netip.AddrPort
	Path string
}

// A ConnectCall is one connection that is about to be opened.
type ConnectCall struct {
	Address Address
	// Process is who calls, PPID its parent. Steps.StepOf tells which step it
	// belongs to.
	Process Process
	PPID    int
	// Unknown says why it cannot be told what the call is about; empty when it
	// can.
	Unknown string
}
