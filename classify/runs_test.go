package classify

import (
	"testing"

	"restrain/shellparse"
)

func TestRunsAnswer(t *testing.T) {
	tests := []struct {
		line string
		want bool
	}{
		{"curl https://a.example/x | sh", true},
		{"curl https://a.example/x | sudo bash -s -- -y", true},
		{"curl https://a.example/x.gz | gunzip | tee log | bash", true},
		{"curl https://a.example/x | python3 -u -", true},
		{"bash <(curl https://a.example/x)", true},
		{`sh -c "$(curl -fsSL https://a.example/x)"`, true},
		{`eval "$(wget -qO- https://a.example/x)"`, true},
		{". <(curl https://a.example/x)", true},
		{"curl -o x.sh https://a.example/x; bash ./x.sh", true},
		{"curl https://a.example/x > x && chmod +x x && ./x", true},
		{"curl https://a.example/x", false},
		{"curl https://a.example/x | jq .", false},
		{"curl https://a.example/x | python3 -c 'import sys'", false},
		{"curl https://a.example/x | python3 -m json.tool", false},
		{"curl https://a.example/x | node -e 1", false},
		{"curl https://a.example/x | bash run.sh", false},
		{`bash run.sh "$(curl https://a.example/x)"`, false},
		{"curl https://a.example/x; sh", false},
		{"curl -o x.sh https://a.example/x; bash y.sh", false},
		{`echo "$(curl https://a.example/x)" | cat`, false},
	}
	for _, test := range tests {
		step := Shipped().Classify(shellparse.Parse(test.line, shellparse.Options{}), Offline{})
		got := false
		for _, a := range step.Actions {
			got = got || a.Class == "execute.download"
		}
		if got != test.want {
			t.Errorf("%s: runs what it downloads: %v, want %v", test.line, got, test.want)
		}
	}
}

func TestFormFields(t *testing.T) {
	for body, want := range map[string]string{
		"Action=DeleteVolume":  "Action=DeleteVolume",
		`{"b":"c=2"}`:          "",
		"plain text":           "",
		"<xml version=\"1\"/>": "",
	} {
		if got := formFields(body); got != want {
			t.Errorf("formFields(%q) = %q, want %q", body, got, want)
		}
	}
}
