// Package keep owns the store for what a step takes away, and giving it back.
// It must not know rules, sessions or verdicts: it is told what a step would
// lose, stores that first, and says what it could not store.
//
// # The store
//
// Each kept step is a directory of its own, named by its id, so that several
// processes can keep at once, also the same file:
//
//	kept/k7mf2x/manifest    what was kept, append-only
//	kept/k7mf2x/0/12        the content of entry 12: a hard link or a copy
//	kept/k7mf2x/0/13        the bundle of entry 13
//	kept/total              the bytes that are reserved in all
//	kept/places             the directories on other mounts that are in use
//
// A hard link works within one mount only. What lies on another one is linked
// in a directory there, .restrain-kept-UID, where the user may create one.
//
// # Crashes
//
// Content is stored before its line is written, and a line is written before
// the caller goes on. So a process that is killed leaves content without a
// line, which nothing was taken from yet, and at most one torn line at the end.
// [Store.Recover] removes the former and says what it found. Kept steps survive
// the death of every process, not a power cut: nothing is synced.
//
// # The manifest
//
// The first line is a JSON object, the step. Each further line is a word for
// its kind and its fields; paths are Go strings, for they are bytes and need
// not be UTF-8.
package keep
