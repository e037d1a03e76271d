package code

import "testing"

// FuzzLex holds that the lexer ends, stays inside the code and does not go
// back; the words of a list stand where the list does.
func FuzzLex(f *testing.F) {
	for _, tt := range lexing {
		f.Add(tt.lang, tt.code)
	}
	f.Fuzz(func(t *testing.T, lang, code string) {
		last := -1
		for _, tok := range Lex(lang, code) {
			if tok.Start < last || tok.Start >= len(code) {
				t.Fatalf("token %+v after %d", tok, last)
			}
			last = tok.Start
		}
	})
}
