package secret

import "testing"

// What stands in a program's own file of credentials is in use, though it reads like an
// example; in a project's file it is one.
func TestValuesInUse(t *testing.T) {
	const text = "[default]\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n"
	if n := len(Parse("/home/u/.aws/credentials", []byte(text))); n != 1 {
		t.Errorf("%d values in use, want 1", n)
	}
	for path, text := range map[string]string{
		"/home/u/src/.env":         text,
		"/home/u/.aws/credentials": "[default]\naws_secret_access_key = $KEY_FROM_ELSEWHERE\n",
	} {
		if n := len(Parse(path, []byte(text))); n != 0 {
			t.Errorf("%s: %d values, want none", path, n)
		}
	}
}
