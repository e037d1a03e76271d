// Command restrain-otel sends a session's journal to an OpenTelemetry collector
// while the session runs. restrain starts it where OTEL_EXPORTER_OTLP_ENDPOINT is
// set. It is a program of its own because the SDK is large and slow to start,
// and restrain is started for every command.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"
	"time"

	"restrain/telemetry"
)

const usage = `usage: restrain-otel [--linger DURATION] JOURNAL

Sends the entries of a session's journal to the OpenTelemetry collector that
OTEL_EXPORTER_OTLP_ENDPOINT names, as logs and metrics, and goes on until standard
input ends, or with --linger until nothing came for so long. A journal is
journal.jsonl in a session's directory. For a session that is over:

    restrain-otel ~/.local/state/restrain/sessions/ID/journal.jsonl </dev/null
`

// closeLimit bounds what the end of a session waits for.
const closeLimit = 5 * time.Second

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	flags := flag.NewFlagSet("restrain-otel", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	linger := flags.Duration("linger", 0, "")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil || flags.NArg() != 1 {
		flags.Usage()
		return 2
	}
	if !telemetry.Enabled(os.Getenv) {
		report(fmt.Errorf("%s is not set; set it to your collector's address", telemetry.Endpoint))
		return 2
	}
	err := export(flags.Arg(0), *linger)
	if errors.Is(err, telemetry.ErrTaken) {
		return 0
	}
	if err != nil {
		report(err)
		return 1
	}
	return 0
}

func report(err error) { fmt.Fprintf(os.Stderr, "restrain-otel: error: %v\n", err) }

func export(path string, linger time.Duration) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	source, err := telemetry.Open(path)
	if err != nil {
		return err
	}
	defer source.Close()
	exporter, err := telemetry.New(ctx, os.Getenv, filepath.Base(filepath.Dir(path)), version())
	if err != nil {
		return err
	}
	err = source.Follow(ctx, exporter, ended(linger), linger, report)
	closing, cancel := context.WithTimeout(context.Background(), closeLimit)
	defer cancel()
	return errors.Join(err, exporter.Close(closing))
}

// ended gives a channel that closes when standard input ends; with a linger it
// never does.
func ended(linger time.Duration) <-chan struct{} {
	if linger > 0 {
		return nil
	}
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	return done
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
