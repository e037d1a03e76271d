package shellparse

import "strings"

// installed reports a script that the system, a package manager or a tool
// brought: a program like any other, which is not read. What earlier commands of
// the text wrote there is none.
func (sh *shell) installed(name Word) bool {
	if !name.Known() || strings.IndexByte(name.Text, '/') < 0 {
		return false
	}
	program := systemPath(name.Text)
	if known := sh.r.opts.Installed; known != nil {
		if dir := sh.r.opts.Dir; name.Text[0] != '/' {
			program = dir != "" && known(dir+"/"+name.Text)
		} else {
			program = known(name.Text)
		}
	}
	if !program {
		return false
	}
	_, written := sh.writtenText(name)
	return !written
}

// runInstalled runs an installed script, which c hands to a shell or another
// interpreter, as the program that it is: bash /usr/bin/fakeroot rm x.
func (sh *shell) runInstalled(c *Command, argv []Word) {
	c.Carrier = true
	sh.emit(c)
	sh.runWith(c, argv, "", Word{}, Wrapper{Name: c.Name, Args: c.Argv[1 : len(c.Argv)-len(argv)]})
}

// systemPath reports directories of installed programs.
func systemPath(p string) bool {
	for _, dir := range [...]string{"/bin/", "/sbin/", "/usr/", "/opt/", "/lib", "/nix/", "/snap/"} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return false
}
