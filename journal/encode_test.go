package journal

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

// An entry is written as encoding/json writes it, whatever it holds.
func TestEncodedAsJSON(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var e Entry
		fill(random, reflect.ValueOf(&e).Elem())
		var want, got bytes.Buffer
		enc := json.NewEncoder(&want)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(&e); err != nil {
			t.Fatal(err)
		}
		if err := encode(&got, &e); err != nil {
			t.Fatal(err)
		}
		got.WriteByte('\n')
		if got.String() != want.String() {
			t.Fatalf("encoded as\n%s\nencoding/json has\n%s", &got, &want)
		}
	}
}

// fill gives v a value: half of the time its zero value.
func fill(random *rand.Rand, v reflect.Value) {
	if random.IntN(2) == 0 {
		return
	}
	texts := [...]string{"", "ls", "a\"b\\<&>\n\x1b\x00\xff", "漢\u2028"}
	if _, isTime := v.Interface().(time.Time); isTime {
		v.Set(reflect.ValueOf(time.Unix(random.Int64N(1<<32), random.Int64N(1e9)).UTC()))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(random, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(random, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), random.IntN(3), 3))
		for i := range v.Len() {
			fill(random, v.Index(i))
		}
	case reflect.String:
		v.SetString(texts[random.IntN(len(texts))])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(random.Int64N(1 << 40))
	case reflect.Uint64:
		v.SetUint(random.Uint64N(1 << 50))
	case reflect.Float64:
		v.SetFloat(random.NormFloat64() * 1e3)
	default:
		panic("journal entries hold a " + v.Type().String())
	}
}
