package trust

import (
	"bytes"
	_ "embed" // the shipped baseline
	"flag"
	"fmt"
	"go/format"
	"os"
	"reflect"
	"testing"
)

//go:embed baselines/coding.txt
var codingBaseline []byte

var write = flag.Bool("write", false, "write shipped_gen.go")

// The baseline that is compiled in is the one that the file has.
func TestShippedIsTheFile(t *testing.T) {
	b, err := ParseBaseline(codingBaseline)
	if err != nil {
		t.Fatal(err)
	}
	if *write {
		value := bytes.ReplaceAll(fmt.Appendf(nil, "%#v", *b), []byte("trust."), nil)
		source := fmt.Appendf(nil, "// Code generated from baselines/coding.txt by go generate; DO NOT EDIT.\n\n"+
			"//go:build !bootstrap\n\npackage trust\n\nimport \"restrain/classify\"\n\nvar shipped = %s\n",
			bytes.ReplaceAll(value, []byte("}, "), []byte("},\n")))
		if source, err = format.Source(source); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("shipped_gen.go", source, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !reflect.DeepEqual(*b, shipped) {
		t.Error("another baseline than baselines/coding.txt is compiled in: go generate ./trust")
	}
}
