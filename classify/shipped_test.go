package classify

import (
	"crypto/sha256"
	"fmt"
	"os"
	"reflect"
	"testing"
)

func TestShippedIsGeneratedFromRules(t *testing.T) {
	text, err := os.ReadFile("../rules.toml")
	if err != nil {
		t.Fatal(err)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(text)); sum != shippedSum {
		t.Fatal("shipped_gen.go is older than rules.toml: run go generate ./classify")
	}
	loaded, err := Load("rules.toml", text)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(*loaded, shipped) {
		t.Fatal("shipped_gen.go differs from what rules.toml loads as: run go generate ./classify")
	}
}

func TestShippedRulesKeepTheirExamples(t *testing.T) {
	for _, p := range Shipped().Check() {
		t.Error(p)
	}
}
