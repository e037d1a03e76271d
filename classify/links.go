package classify

import "strings"

// maxLinks bounds how many files of a command are looked at for links.
const maxLinks = 64

// followLinks adds, for each file that is reached through a symbolic link, the
// same for the file that the link leads to: what is in build may be elsewhere.
func (r *reader) followLinks() {
	for i := range r.facts.files[:min(len(r.facts.files), maxLinks)] {
		f := &r.facts.files[i]
		r.locate(f)
		if f.path == "" || f.path[0] != '/' || strings.Contains(f.path, hole) || r.cmd.Host != "" {
			continue
		}
		path := f.path
		if f.followed() {
			path += "/"
		}
		real, elsewhere, err := r.ctx.Resolve(path)
		there := fileFact{op: f.op, text: f.text, recursive: f.recursive, contents: f.contents, path: real, located: true}
		switch {
		case err != nil: // it may lead anywhere
			there.path, there.where = hole, PlaceUnknown
		case elsewhere:
			there.below, there.inHome = r.belowHome(real)
		default:
			continue
		}
		r.facts.files = append(r.facts.files, there)
	}
}

// followed reports that a link at the end of the path is followed, too: it is
// not the link that is meant, but what it leads to.
func (f *fileFact) followed() bool {
	switch f.op {
	case opDelete, opMove:
		return f.contents || strings.HasSuffix(f.text, "/")
	}
	return true
}
