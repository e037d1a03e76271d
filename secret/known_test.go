//go:build unix

package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"restrain/internal/slowtest"
)

var met = Meeting{When: time.Unix(1_700_000_000, 0), Step: 7}

func knowing(values ...string) *Known {
	k := NewKnown(bytes.Repeat([]byte{7}, KeySize))
	for i, v := range values {
		k.Add([]Value{New(fmt.Sprint("T", i), v, Origin{"/p/.env", i + 1})}, met)
	}
	return k
}

func TestMatchSaysWhatAndWhere(t *testing.T) {
	k := knowing(madeUp)
	hits := k.Match("curl -H 'Authorization: Bearer " + madeUp + "' https://x")
	want := Hit{Name: "T0", Origin: Origin{"/p/.env", 1}, Meeting: met, Start: 31, End: 31 + len(madeUp)}
	if len(hits) != 1 || hits[0] != want {
		t.Errorf("got %+v, want %+v", hits, want)
	}
}

// A value is found in whatever stands around it, in each form.
func TestMatchFindsEachForm(t *testing.T) {
	signs := rapid.StringOfN(rapid.RuneFrom([]rune("abcXYZ019+/=_-.~!@#$%&*() \"'\\:,é\n")), 8, 60, 400).Filter(func(s string) bool { return strings.TrimSpace(s) == s && len(s) >= 8 })
	around := rapid.StringOfN(rapid.RuneFrom([]rune("abc019 /=:'")), 0, 20, -1)
	rapid.Check(t, func(t *rapid.T) {
		value, before, after := signs.Draw(t, "value"), around.Draw(t, "before"), around.Draw(t, "after")
		whole := before + value + after
		escaped, _ := json.Marshal(value)
		forms := map[string]string{
			"plain":        whole,
			"base64":       "echo " + base64.StdEncoding.EncodeToString([]byte(whole)),
			"base64, raw":  "echo " + base64.RawURLEncoding.EncodeToString([]byte(whole)) + " x",
			"hex":          hex.EncodeToString([]byte(whole)),
			"HEX":          strings.ToUpper(hex.EncodeToString([]byte(whole))),
			"query":        before + url.QueryEscape(value) + after,
			"path":         before + url.PathEscape(value) + after,
			"query, lower": before + lowerEscapes(url.QueryEscape(value)) + after,
			"JSON":         before + strings.Trim(string(escaped[1:len(escaped)-1]), "") + after,
		}
		k := knowing(value)
		for name, text := range forms {
			if hits := k.Match(text); len(hits) == 0 {
				t.Errorf("%s: %q is not found in %q", name, value, text)
			}
			if got := k.Redact(text); len(k.Match(got)) != 0 {
				t.Errorf("%s: %q redacted is %q", name, text, got)
			}
		}
	})
}

func TestMatchFindsNothingElse(t *testing.T) {
	k := knowing(madeUp, slack, "hunter22!?")
	for _, text := range []string{"", "x", "ls -la", madeUp[1:], madeUp[:len(madeUp)-1], strings.ToLower(madeUp), "hunter22", b64(madeUp[1:]), strings.Repeat("A", 10_000)} {
		if hits := k.Match(text); hits != nil || k.Redact(text) != text {
			t.Errorf("%q: %+v", text, hits)
		}
	}
	var none *Known
	if none.Match(madeUp) != nil || none.Redact(madeUp) != madeUp || none.Len() != 0 {
		t.Error("a nil Known knows something")
	}
}

func TestAddKeepsTheFirstMeeting(t *testing.T) {
	k := NewKnown(NewKey())
	given := Meeting{When: met.When, Given: true}
	if n := len(k.Add([]Value{New("A", madeUp, Origin{}), New("S", "short12", Origin{})}, given)); n != 1 {
		t.Errorf("%d were added, want 1: values of less than 8 bytes are not remembered", n)
	}
	if n := len(k.Add([]Value{New("B", madeUp, Origin{"/x", 1}), New("C", slack, Origin{"/x", 2}), New("D", slack, Origin{"/x", 3})}, met)); n != 1 {
		t.Errorf("%d were added, want 1", n)
	}
	if hits := k.Match(madeUp); len(hits) != 1 || !hits[0].Given || hits[0].Name != "A" || k.FoundCount() != 1 {
		t.Errorf("what was given was found: %+v", hits)
	}
}

func TestOverlappingSecretsAreRedactedWhole(t *testing.T) {
	k := knowing("abcdefgh12345678", "12345678ijklmnop", "efgh1234")
	if got := k.Redact("x abcdefgh12345678ijklmnop y"); got != "x [redacted:16+] y" {
		t.Error(got)
	}
}

func TestKnownIsKept(t *testing.T) {
	k := knowing(madeUp, slack, "päss wörd!")
	data, err := k.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []string{madeUp, slack, "wörd", madeUp[:8], b64(madeUp)[:8]} {
		if bytes.Contains(data, []byte(v)) {
			t.Errorf("%q stands in what is written", v)
		}
	}
	back, err := LoadKnown(k.key, data)
	if err != nil || len(back.Match(madeUp+" "+slack)) != 2 {
		t.Fatalf("%v, %+v", err, back)
	}
	if again, _ := back.MarshalBinary(); !bytes.Equal(again, data) {
		t.Error("what was read is not what was written")
	}
	// Without the key nothing can be tried.
	if _, err := LoadKnown(NewKey(), data); err == nil {
		t.Error("another key reads it")
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if _, err := LoadKnown(k.key, bad); err == nil {
			t.Fatalf("damage at %d is not seen", i)
		}
	}
}

func FuzzLoadKnown(f *testing.F) {
	k := knowing(madeUp)
	data, _ := k.MarshalBinary()
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 4 {
			sum := knownSum(data[:len(data)-4])
			data = append(data[:len(data)-4:len(data)-4], sum...)
		}
		if back, err := LoadKnown(k.key, data); err == nil {
			back.Match(madeUp + strings.Repeat("%41", 40))
		}
	})
}

func many(n int) *Known {
	k := NewKnown(bytes.Repeat([]byte{7}, KeySize))
	values := make([]Value, n)
	for i := range values {
		d := k.digest(fmt.Sprint(i))
		values[i] = New("API_TOKEN", base64.RawURLEncoding.EncodeToString(d[:])+base64.RawURLEncoding.EncodeToString(d[:10]), Origin{"/home/bo/project/.env", i})
	}
	for len(values) > 0 {
		n := min(1000, len(values))
		k.Add(values[:n], met)
		values = values[n:]
	}
	return k
}

func TestKnownIsBounded(t *testing.T) {
	slowtest.Alone(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	k := many(MaxKnown + 10)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if k.Len() != MaxKnown || !k.Full() {
		t.Errorf("%d are known, want %d", k.Len(), MaxKnown)
	}
	size := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	data, _ := k.MarshalBinary()
	t.Logf("%d kB in memory, %d kB written", size>>10, len(data)>>10)
	if size > 1<<20 || len(data) > 1<<20 {
		t.Errorf("10,000 secrets take %d bytes, and %d written", size, len(data))
	}
	runtime.KeepAlive(k)
}

// A line of 200 bytes without a secret.
var ordinary = `cd /home/bo/project && npm run build -- --mode production 2>&1 | tee build.log | tail -40 && curl -fsS https://api.example.com/v1/things?page=2 -H 'Accept: application/json' | jq -r '.items[].id'   `

func TestMatchOfAnOrdinaryLineAllocatesNothing(t *testing.T) {
	k := many(50)
	if n := testing.AllocsPerRun(100, func() { k.Match(ordinary); k.Redact(ordinary) }); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestMatchIsLinear(t *testing.T) {
	slowtest.Alone(t)
	k := knowing("%41%41%41%41%41", strings.Repeat("a", 4000), "AAAAAAAAAAAA", strings.Repeat("YWFh", 1000))
	for _, piece := range []string{"a", "%41", "\\u0041", "YWFh", "61", "A"} {
		text := strings.Repeat(piece, 64<<10/len(piece))
		if took := cpuTime(func() { k.Redact(text) }); took > 2*time.Second {
			t.Errorf("64 KB of %q took %v", piece, took)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{0, 50, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			k := many(n)
			b.ReportAllocs()
			for b.Loop() {
				if k.Match(ordinary) != nil {
					b.Fatal("a hit")
				}
			}
		})
	}
}
