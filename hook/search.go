package hook

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// This file is about tools that search and list: the patterns matter as much as
// the place.

// look notes a search of names or contents, or a listing.
func (e *Event) look(tool string, effect effect, input object) error {
	places, err := input.texts("path", "dir_path", "directory", "target_directory", "paths")
	if err != nil {
		return err
	}
	for i, place := range places {
		places[i] = operand(place)
	}
	patterns, err := input.texts("pattern", "query", "queries", "regex", "glob_pattern")
	if err != nil {
		return err
	}
	if effect == list || len(patterns) == 0 {
		e.Commands = append(e.Commands, append([]string{"ls"}, places...))
		return nil
	}
	if len(places) == 0 {
		places = []string{"."}
	}
	if effect == names {
		for _, pattern := range patterns {
			e.Commands = append(e.Commands, find(places, pattern))
		}
		return nil
	}
	files, err := input.texts("glob", "include", "include_pattern", "includePattern", "file_pattern")
	if err != nil {
		return err
	}
	flags := "-rnE"
	if mode := input.anyOf("output_mode"); mode == "files_with_matches" || mode == "count" {
		flags = "-rlE" // shows no contents
	}
	around := around(input)
	for _, pattern := range patterns {
		grep := append([]string{"grep", flags}, around...)
		if anyCase(tool, input) {
			grep = append(grep, "-i")
		}
		for _, name := range files {
			for _, each := range alternatives(name) {
				grep = append(grep, "--include="+path.Base(each))
			}
		}
		e.Commands = append(e.Commands, append(append(grep, "-e", pattern), append(places, exact(files)...)...))
	}
	return nil
}

// around are the flags for lines that are shown around one that fits.
func around(input object) (flags []string) {
	for _, of := range [...]struct{ name, flag string }{{"-A", "-A"}, {"-B", "-B"}, {"-C", "-C"}, {"context", "-C"}, {"contextLines", "-C"}} {
		if n, err := strconv.Atoi(strings.Trim(string(input[of.name]), `"`)); err == nil && n > 0 {
			flags = append(flags, of.flag+strconv.Itoa(n))
		}
	}
	return flags
}

// anyCase reports a search that does not tell capital letters apart.
func anyCase(tool string, input object) bool {
	switch {
	case input.is("-i"), input.is("case_insensitive"), input.is("caseInsensitive"), input.is("ignoreCase"), input.is("ignore_case"):
		return true
	case input.has("case_sensitive"):
		return !input.is("case_sensitive")
	}
	switch tool {
	case "search_file_content", "grep_search", "codebase_search", "search_codebase", "semantic_search", "SemanticSearch":
		return true // unless they are told otherwise (Gemini, Qwen, VS Code), or by meaning
	}
	return false
}

// find is a search for names. A glob's directories are places, as far as they are
// no pattern themselves.
func find(places []string, pattern string) []string {
	command := []string{"find"}
	for _, each := range alternatives(pattern) {
		dir, _ := path.Split(literal(each))
		for _, place := range places {
			switch {
			case path.IsAbs(dir), strings.HasPrefix(dir, "~"):
				place = dir
			case dir != "":
				place = path.Join(place, dir)
			}
			if at := operand(place); !slices.Contains(command[1:], at) {
				command = append(command, at)
			}
		}
	}
	for i, each := range alternatives(pattern) {
		if i > 0 {
			command = append(command, "-o")
		}
		command = append(command, "-name", path.Base(each))
	}
	return command
}

// literal is a glob up to its first special character.
func literal(glob string) string {
	if at := strings.IndexAny(glob, "*?["); at >= 0 {
		return glob[:at]
	}
	return glob
}

// exact are the globs that name one file. A search among files of that name reads
// such files.
func exact(globs []string) []string {
	var files []string
	for _, glob := range globs {
		for _, each := range alternatives(glob) {
			if file := strings.TrimPrefix(each, "**/"); file == literal(file) && file != "" {
				files = append(files, operand(file))
			}
		}
	}
	return files
}

// maxAlternatives bounds what a glob's braces become.
const maxAlternatives = 64

// alternatives are the globs that one with braces stands for; itself, where they
// are too many or do not match.
func alternatives(glob string) []string {
	todo, done := []string{glob}, []string(nil)
	for len(todo) > 0 {
		each := todo[0]
		todo = todo[1:]
		open := strings.LastIndexByte(each, '{') // the innermost
		length := strings.IndexByte(each[max(open, 0):], '}')
		if open < 0 || length < 0 {
			if !slices.Contains(done, each) {
				done = append(done, each)
			}
			continue
		}
		for word := range strings.SplitSeq(each[open+1:open+length], ",") {
			todo = append(todo, each[:open]+word+each[open+length+1:])
		}
		if len(todo)+len(done) > maxAlternatives {
			return []string{glob}
		}
	}
	return done
}
