package classify

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"path"
	"strconv"
	"strings"

	"restrain/shellparse"
)

// maxArchive bounds the archive that is read for its names, and maxUnpacked
// what it may unpack to, in bytes.
const (
	maxArchive  = 32 << 20
	maxUnpacked = 256 << 20
)

// readTar takes what tar packs and removes, and what it unpacks over.
func (l *lossReader) readTar(words []shellparse.Word) {
	if len(words) > 0 && words[0].Text != "" && words[0].Text[0] != '-' {
		words = append([]shellparse.Word{{Text: "-" + words[0].Text, Unknown: words[0].Unknown}}, words[1:]...)
	}
	a := splitWords(words, "-f -C -T -X -b -I --file --directory --files-from --exclude --strip-components --use-compress-program --transform --exclude-from --owner --group --mode")
	dir := l.unpackDir(&a, "-C", "--directory")
	file, _ := a.value("-f", "--file")
	switch {
	case a.has("-c", "--create"):
		if p, ok := l.path(file); ok && file != "-" && !isDevice(file) {
			l.change(p, false)
		}
		if a.has("--remove-files") {
			outer := l.dir
			l.dir = dir
			for _, w := range a.words {
				l.each(w, l.removeTree)
			}
			l.dir = outer
		}
	case a.has("-x", "--extract", "--get"):
		if a.has("-k", "--keep-old-files", "--skip-old-files", "-O", "--to-stdout") || l.emptyDir(dir) {
			return
		}
		strip := 0
		if n, ok := a.value("--strip-components"); ok {
			strip, _ = strconv.Atoi(n)
		}
		names, ok := l.tarNames(l.archiveName(file))
		l.unpacks(dir, names, strip, a.has("--overwrite"), ok && !a.has("--transform"))
	}
}

// readUnzip takes what unzip -o unpacks over.
func (l *lossReader) readUnzip(words []shellparse.Word) {
	a := splitWords(words, "-d -x -P")
	dir := l.unpackDir(&a, "-d")
	if !a.has("-o") || a.has("-l", "-t", "-p") || len(a.words) == 0 || l.emptyDir(dir) {
		return
	}
	names, ok := l.zipNames(a.words[0].Text)
	l.unpacks(dir, names, 0, true, ok && !a.has("-j"))
}

// unpackDir is where an archive is unpacked.
func (l *lossReader) unpackDir(a *lossArgs, flags ...string) string {
	if to, ok := a.value(flags...); ok {
		if p, ok := l.path(to); ok {
			return strings.TrimSuffix(p, "/")
		}
		return ""
	}
	return l.dir
}

// emptyDir reports a directory with nothing in it, or one that is yet to be
// made.
func (l *lossReader) emptyDir(dir string) bool {
	if dir == "" || dir[0] != '/' || strings.Contains(dir, hole) {
		return strings.HasPrefix(dir, tempMark)
	}
	entries, _ := l.looks.ReadDir(dir)
	return len(entries) == 0
}

// unpacks takes the files that an archive's names are unpacked over.
func (l *lossReader) unpacks(dir string, names []string, strip int, inPlace, ok bool) {
	if !ok || dir == "" || dir[0] != '/' || strings.Contains(dir, hole) {
		l.note(knownPart)
		return
	}
	for _, name := range names {
		for range strip {
			_, name, _ = strings.Cut(name, "/")
		}
		p := path.Join(dir, path.Join("/", name))
		if l.seen++; name == "" || strings.HasSuffix(name, "/") || l.over() || l.isDirItself(p) {
			continue
		}
		if inPlace {
			l.change(p, false)
		} else {
			l.remove(p)
		}
	}
}

// archiveName is the file that an archive is read from, also one that the
// command is fed.
func (l *lossReader) archiveName(file string) string {
	if file != "" && file != "-" && file != "/dev/stdin" {
		return file
	}
	for i := range l.cmd.Redirs {
		if r := &l.cmd.Redirs[i]; r.Op == shellparse.RedirRead && r.Target.Known() {
			return r.Target.Text
		}
	}
	if l.cmd.From < 0 || l.cmd.From >= len(l.script.Commands) {
		return file
	}
	switch c := &l.script.Commands[l.cmd.From]; c.Name {
	case "cat", "gzip", "gunzip", "zcat", "gzcat", "pigz", "xz", "unxz", "xzcat", "bzip2", "bunzip2", "bzcat", "zstd", "unzstd", "zstdcat", "pv":
		if a := splitWords(c.Argv[1:], ""); len(a.words) == 1 && a.words[0].Known() {
			return a.words[0].Text
		}
	}
	return file
}

// readPacked takes the files that a compressor replaces by force. What it takes
// away is in what it writes.
func (l *lossReader) readPacked(words []shellparse.Word) {
	a := splitWords(words, "-o -T -M -S --output --suffix --threads --memlimit")
	if !a.has("-f", "--force") || a.has("-c", "--stdout", "--to-stdout", "-t", "--test", "-l", "--list") {
		return
	}
	if out, ok := a.value("-o"); ok {
		l.each(shellparse.Word{Text: out}, func(p string) { l.remove(p) })
		return
	}
	suffixes := []string{".gz", ".xz", ".bz2", ".zst", ".lzma", ".lz4", ".Z"}
	unpacks := a.has("-d", "--decompress", "--uncompress") || strings.HasPrefix(l.cmd.Name, "un") || l.cmd.Name == "gunzip" || l.cmd.Name == "bunzip2"
	for _, w := range a.words {
		l.each(w, func(p string) {
			for _, suffix := range suffixes {
				if name, packed := strings.CutSuffix(p, suffix); unpacks && packed {
					l.remove(name)
					if !a.has("-k", "--keep") {
						l.replaceEdited(p, true)
					}
				} else if !unpacks {
					l.remove(p + suffix)
				}
			}
			if !unpacks && !a.has("-k", "--keep") {
				l.replaceEdited(p, true)
			}
		})
	}
}

// archive reads an archive that is there before the line runs.
func (l *lossReader) archive(file string) ([]byte, bool) {
	p, ok := l.path(file)
	if !ok || file == "-" || strings.Contains(file, hole) || l.strange {
		return nil, false
	}
	data, err := l.ctx.ReadFile(p, maxArchive)
	return data, err == nil && len(data) < maxArchive
}

// tarNames gives the names in a tar archive, packed by gzip or bzip2 or not.
func (l *lossReader) tarNames(file string) (names []string, ok bool) {
	data, ok := l.archive(file)
	if !ok {
		return nil, false
	}
	var in io.Reader = bytes.NewReader(data)
	switch {
	case bytes.HasPrefix(data, []byte{0x1f, 0x8b}):
		packed, err := gzip.NewReader(in)
		if err != nil {
			return nil, false
		}
		in = packed
	case bytes.HasPrefix(data, []byte("BZh")):
		in = bzip2.NewReader(in)
	case bytes.HasPrefix(data, []byte("\xfd7zXZ")), bytes.HasPrefix(data, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		unpacked, err := l.looks.Unpack(l.until, data, maxUnpacked)
		if err != nil {
			return nil, false
		}
		in = bytes.NewReader(unpacked)
	}
	archive := tar.NewReader(io.LimitReader(in, maxUnpacked))
	for !l.over() && len(names) < lossNames {
		header, err := archive.Next()
		if err != nil {
			return names, err == io.EOF
		}
		names = append(names, header.Name)
	}
	return names, false
}

// zipNames gives the names in a zip archive.
func (l *lossReader) zipNames(file string) (names []string, ok bool) {
	data, ok := l.archive(file)
	if !ok {
		return nil, false
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(archive.File) > lossNames {
		return nil, false
	}
	for _, f := range archive.File {
		names = append(names, f.Name)
	}
	return names, true
}
