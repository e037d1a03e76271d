// Package secret knows values that are secrets: by where they come from, kept as
// salted digests, and by shape. It redacts what is kept or shown, and masks what
// a program prints. It must not know rules, sessions or verdicts.
package secret
