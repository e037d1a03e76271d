package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/goreleaser/goreleaser/v2/pkg/config"
	"github.com/goreleaser/nfpm/v2"
	_ "github.com/goreleaser/nfpm/v2/apk"
	_ "github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	_ "github.com/goreleaser/nfpm/v2/rpm"
)

// makePackages makes what the configuration's nfpms say, for linux/amd64, as
// goreleaser would: its own way there needs a release.
func makePackages(root string, project *config.Project, version, programs, out string) error {
	programs, err := filepath.Abs(programs)
	if err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	if err := os.Chdir(root); err != nil { // sources are relative to it
		return err
	}
	for _, section := range project.NFPMs {
		for _, format := range section.Formats {
			info, err := describe(&section, format)
			if err != nil {
				return err
			}
			info.Version = version
			for _, build := range project.Builds {
				info.Contents = append(info.Contents, &files.Content{
					Source:      filepath.Join(programs, build.Binary),
					Destination: filepath.Join(section.Bindir, build.Binary),
					FileInfo:    &files.ContentFileInfo{Mode: 0o755},
				})
			}
			if err := write(info, format, out); err != nil {
				return fmt.Errorf("%s: %w", format, err)
			}
		}
	}
	return nil
}

// describe takes over what the section says. What it does not take over, the
// section must not say, or another package would be tried than is released.
func describe(section *config.NFPM, format string) (*nfpm.Info, error) {
	if len(section.Overrides) > 0 || section.Scripts != (config.NFPMScripts{}) {
		return nil, fmt.Errorf("overrides and scripts are not tried here; teach releasecheck to")
	}
	info := &nfpm.Info{
		Name:        section.PackageName,
		Arch:        "amd64",
		Platform:    "linux",
		Section:     section.Section,
		Maintainer:  section.Maintainer,
		Description: section.Description,
		Vendor:      section.Vendor,
		Homepage:    section.Homepage,
		License:     section.License,
	}
	info.Depends = section.Dependencies
	for _, content := range section.Contents {
		for _, text := range []string{content.Source, content.Destination} {
			if strings.Contains(text, "{{") {
				return nil, fmt.Errorf("contents: %s: templates are not tried here; teach releasecheck to", text)
			}
		}
		info.Contents = append(info.Contents, &files.Content{
			Source:      content.Source,
			Destination: content.Destination,
			Type:        content.Type,
			Packager:    content.Packager,
			FileInfo:    &files.ContentFileInfo{Mode: content.FileInfo.Mode},
		})
	}
	return info, nil
}

func write(info *nfpm.Info, format, out string) error {
	info = nfpm.WithDefaults(info)
	if err := nfpm.PrepareForPackager(info, format); err != nil {
		return err
	}
	packager, err := nfpm.Get(format)
	if err != nil {
		return err
	}
	file, err := os.Create(filepath.Join(out, packager.ConventionalFileName(info)))
	if err != nil {
		return err
	}
	if err := packager.Package(info, file); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
