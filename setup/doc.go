// Package setup knows how coding agents are configured: which files each of
// them reads, what has to stand there so that it asks restrain before it uses a
// tool, and how such a file is changed without losing anything that is in it.
//
// It owns the agents' files and formats. It must not know what is dangerous, how
// a hook answers, or how a human is asked whether to write.
package setup
