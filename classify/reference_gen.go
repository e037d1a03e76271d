//go:build ignore

// This program writes docs/rule-reference.md: what the loader reads, with what
// the comments of its types say.
package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log"
	"os"
	"strings"

	"restrain/classify"
)

func main() {
	log.SetFlags(0)
	var b bytes.Buffer
	if err := classify.Reference(&b, comments()); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("../docs/rule-reference.md", b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}

// comments gives what the source says of a type, or of one of its fields.
func comments() func(owner, field string) string {
	said := map[string]string{}
	packages, err := parser.ParseDir(token.NewFileSet(), ".", func(i fs.FileInfo) bool { return !strings.HasSuffix(i.Name(), "_test.go") }, parser.ParseComments)
	if err != nil {
		log.Fatal(err)
	}
	ast.Inspect(packages["classify"], func(n ast.Node) bool {
		decl, is := n.(*ast.GenDecl)
		if !is || decl.Tok != token.TYPE {
			return true
		}
		for _, spec := range decl.Specs {
			spec := spec.(*ast.TypeSpec)
			said[spec.Name.Name+"."] = line(decl.Doc)
			fields, is := spec.Type.(*ast.StructType)
			if !is {
				continue
			}
			for _, field := range fields.Fields.List {
				text := line(field.Comment)
				if text == "" {
					text = line(field.Doc)
				}
				for _, name := range field.Names {
					said[spec.Name.Name+"."+name.Name] = text
				}
			}
		}
		return true
	})
	return func(owner, field string) string { return said[owner+"."+field] }
}

// line gives a comment as one line of a table.
func line(group *ast.CommentGroup) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(group.Text()), " "), "|", `\|`)
}
