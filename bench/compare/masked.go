//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// maskedOutput compares 100 MB through a pipe with the same where a secret is
// withheld from it.
func maskedOutput(restrain string, env []string) error {
	dir, err := os.MkdirTemp("", "restrain-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	line := []byte("a line of text that an agent might print, with 64 bytes in all\n")
	for name, text := range map[string][]byte{
		".env": []byte("API_TOKEN=rw_Fe26dead0c4a9b8e77aa6611\n"), "big.log": bytes.Repeat(line, (100<<20)/len(line)),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
			return err
		}
	}
	through := func(shell string) (time.Duration, error) {
		cmd := exec.Command(shell, "-c", "cat .env big.log")
		cmd.Dir, cmd.Env = dir, env
		var seen counter
		cmd.Stdout = &seen
		start := time.Now()
		if err := cmd.Run(); err != nil || seen < 100<<20-1<<10 {
			return 0, fmt.Errorf("%s printed %d bytes: %w", shell, seen, err)
		}
		return time.Since(start), nil
	}
	var plain, masked []time.Duration
	for range 9 {
		without, err := through("bash")
		if err != nil {
			return err
		}
		with, err := through(restrain)
		if err != nil {
			return err
		}
		plain, masked = append(plain, without), append(masked, with)
	}
	row("100 MB through a pipe, with a secret withheld", median(plain), median(masked))
	return nil
}

// A counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
