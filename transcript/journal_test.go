package transcript

import (
	"testing"

	"restrain/journal"
)

func TestCommandOfARequest(t *testing.T) {
	for _, tt := range []struct {
		entry journal.Entry
		want  string
	}{
		{journal.Entry{Door: "wire", Command: "DELETE https://api.example.com/v1/x (mutation volumeDelete)"}, "curl -X DELETE https://api.example.com/v1/x"},
		{journal.Entry{Door: "wire", Command: "GET https://api.example.com/a'b"}, `curl -X GET 'https://api.example.com/a'\''b'`},
		{journal.Entry{Door: "exec", Command: "rm -rf x"}, "rm -rf x"},
	} {
		if got := commandOf(&tt.entry); got != tt.want {
			t.Errorf("%q is %q, want %q", tt.entry.Command, got, tt.want)
		}
	}
}
