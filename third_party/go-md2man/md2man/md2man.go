// Package md2man stands in for github.com/cpuguy83/go-md2man, which
// urfave/cli/v2 links in to turn help into man pages. The real one brings a
// Markdown parser that builds its tables whenever the program starts, half a
// millisecond before every command of every agent, and restrain makes no man
// pages that way. go.mod replaces it by this package.
package md2man

// Render returns the Markdown as it is.
func Render(doc []byte) []byte { return doc }
