package shellparse

import (
	"path"
	"strings"
)

// A mount is a directory of this machine that a container sees at another place.
type mount struct{ from, at string }

// mounted takes a command in a container for one of this machine where all that it
// names lies in directories of this machine: docker run -v "$PWD":/w -w /w IMAGE rm -rf dist.
// It gives the directory that it runs in, and its words.
func mounted(options []Word, dir Word, argv []Word) (here Word, words []Word, ok bool) {
	mounts := mountsOf(options)
	if len(mounts) == 0 {
		return Word{}, nil, false
	}
	if dir.Text != "" {
		if here.Text, ok = hostPath(mounts, dir.Text); !ok || !dir.Known() {
			return Word{}, nil, false
		}
	}
	for _, w := range argv {
		text, known := hostText(mounts, w.Text)
		if !known || here.Text == "" && !strings.Contains(text, "/") && len(words) > 0 && !strings.HasPrefix(text, "-") {
			return Word{}, nil, false // a path of the container, or one of its own directory
		}
		w.Text = text
		words = append(words, w)
	}
	return here, words, true
}

// mountsOf reads -v FROM:AT, --volume=FROM:AT and --mount type=bind,src=FROM,dst=AT.
// Volumes with a name are not of this machine's directories.
func mountsOf(options []Word) (mounts []mount) {
	for i, w := range options {
		option, value, attached := strings.Cut(w.Text, "=")
		if !attached && i+1 < len(options) {
			value = options[i+1].Text
		}
		switch option {
		case "-v", "--volume":
			from, at, ok := strings.Cut(value, ":")
			at, _, _ = strings.Cut(at, ":")
			if ok && strings.ContainsAny(from[:min(1, len(from))], "/.~") && strings.HasPrefix(at, "/") {
				mounts = append(mounts, mount{from, path.Clean(at)})
			}
		case "--mount":
			var m mount
			for field := range strings.SplitSeq(value, ",") {
				switch key, text, _ := strings.Cut(field, "="); key {
				case "src", "source":
					m.from = text
				case "dst", "target", "destination":
					m.at = path.Clean(text)
				}
			}
			if strings.HasPrefix(m.from, "/") && strings.HasPrefix(m.at, "/") {
				mounts = append(mounts, m)
			}
		}
	}
	return mounts
}

// hostPath is where a container's path lies on this machine.
func hostPath(mounts []mount, name string) (on string, ok bool) {
	name = path.Clean(name)
	for _, m := range mounts {
		if name == m.at || strings.HasPrefix(name, strings.TrimSuffix(m.at, "/")+"/") {
			return m.from + strings.TrimPrefix(name, strings.TrimSuffix(m.at, "/")), true
		}
	}
	return "", false
}

// hostText writes the absolute paths in a word, which may be a whole line, as this
// machine's; ok is false when one of them is the container's own.
func hostText(mounts []mount, text string) (out string, ok bool) {
	for i := 0; i < len(text); i++ {
		if text[i] != '/' || i > 0 && !strings.ContainsRune(" \t\n'\"=;&|(", rune(text[i-1])) {
			out += text[i : i+1]
			continue
		}
		end := i + 1
		for end < len(text) && !strings.ContainsRune(" \t\n'\";&|)", rune(text[end])) {
			end++
		}
		on, known := hostPath(mounts, text[i:end])
		if !known {
			return "", false
		}
		out += on
		i = end - 1
	}
	return out, !strings.Contains(out, "..")
}
