// Command restrain-wire is the proxy through which the programs of a guarded
// session reach the network, where that is asked for. restrain starts it and
// talks with it through descriptor 3. It is a program of its own because an HTTP
// server takes its time to start, and restrain is started for every command; and
// because its key is then in the memory of no other process.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"restrain/wire/proxy"
)

func main() { os.Exit(run()) }

func run() int {
	if len(os.Args) > 1 {
		fmt.Fprint(os.Stderr, "usage: restrain-wire\n\nrestrain --net -- AGENT starts it: it serves that session, and is of no use by itself.\n")
		return 2
	}
	file := os.NewFile(3, "session")
	conn, err := net.FileConn(file)
	if err != nil {
		fmt.Fprintf(os.Stderr, "restrain-wire: error: descriptor 3: %v; restrain --net starts this program\n", err)
		return 2
	}
	file.Close()
	// The session ends it, by its end of the connection.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	if err := proxy.Run(conn); err != nil {
		fmt.Fprintf(os.Stderr, "restrain-wire: error: %v\n", err)
		return 1
	}
	return 0
}
