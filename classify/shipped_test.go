package classify

import (
	"os"
	"reflect"
	"testing"

	"restrain/internal/slowtest"
)

func TestShippedIsGeneratedFromRules(t *testing.T) {
	loaded, err := LoadFS(os.DirFS(".."), "rules.toml")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*loaded, shipped) {
		t.Fatal("shipped_gen.go differs from what rules.toml and rules/ load as: run go generate ./classify")
	}
}

func TestShippedRulesKeepTheirExamples(t *testing.T) {
	slowtest.Long(t)
	for _, p := range Shipped().Check() {
		t.Error(p)
	}
}
