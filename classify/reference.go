package classify

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
)

// Reference writes the keys of a rules file as Markdown, from the types that the
// loader fills. about gives what is said of a field, such as its comment.
func Reference(w io.Writer, about func(owner, field string) string) error {
	out := bufio.NewWriter(w)
	fmt.Fprint(out, "# The keys of a rules file\n\n"+
		"Made from the loader: `go generate ./classify` writes it again. What is not here is an error in a rules file.\n\n"+
		"A list of words may be an array, or a text with blanks between them; a list of lines an array, or a text with one a line.\n"+
		"In a text `{a,b}` is two, as in bash, and a line that begins with `# ` is a comment. Of several conditions of a rule, all must hold; of a list, one.\n")
	referenceTable(out, reflect.TypeFor[Set](), "", about)
	return out.Flush()
}

// referenceTable writes the keys of one table, then those of the tables in it.
func referenceTable(out io.Writer, t reflect.Type, path string, about func(owner, field string) string) {
	var within []func()
	row := func(t reflect.Type, field reflect.StructField) {
		key := field.Tag.Get("toml")
		if key == "" {
			return
		}
		said := about(t.Name(), field.Name)
		inner, kind := keyKind(field.Type)
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", key, kind, said)
		if inner != nil {
			name := key
			if path != "" {
				name = path + "." + key
			}
			within = append(within, func() { referenceTable(out, inner, name, about) })
		}
	}
	title := "The file"
	if path != "" {
		title = "`[" + path + "]`"
	}
	fmt.Fprintf(out, "\n## %s\n\n", title)
	if said := about(t.Name(), ""); said != "" {
		fmt.Fprintf(out, "%s\n\n", said)
	}
	fmt.Fprint(out, "| key | value | meaning |\n|---|---|---|\n")
	for i := range t.NumField() {
		field := t.Field(i)
		if !field.Anonymous {
			row(t, field)
			continue
		}
		for j := range field.Type.NumField() {
			row(field.Type, field.Type.Field(j))
		}
	}
	for _, write := range within {
		write()
	}
}

// keyKind says in words what a key's value is, and gives the type of a table.
func keyKind(t reflect.Type) (table reflect.Type, kind string) {
	switch {
	case t == reflect.TypeFor[Words]():
		return nil, "words"
	case t == reflect.TypeFor[Lines]():
		return nil, "lines"
	case t.Kind() == reflect.Pointer:
		return keyKind(t.Elem())
	case t.Kind() == reflect.Slice:
		if table, _ = keyKind(t.Elem()); table != nil {
			return table, "tables"
		}
		return nil, "list"
	case t.Kind() == reflect.Struct:
		return t, "table"
	case t == reflect.TypeFor[Severity]():
		return nil, "none, low, medium, high or critical"
	case t.Kind() == reflect.Bool:
		return nil, "true or false"
	case t.Kind() == reflect.String:
		return nil, "text"
	case t.String() == "time.Duration":
		return nil, "text, such as 10m"
	}
	return nil, "number"
}
