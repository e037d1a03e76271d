//go:build !linux

package proxy

import (
	"net"

	"restrain/wire"
)

// clientOf knows no process here.
func clientOf(net.Conn) (wire.Client, error) { return wire.Client{}, nil }

// hide has no equal here.
func hide() error { return nil }
