package classify

import (
	"archive/zip"
	"bytes"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"

	"restrain/shellparse"
)

// A plan file says itself that it destroys, whoever made it.
func TestPlanFile(t *testing.T) {
	plan := func(mode uint64) []byte {
		message := protowire.AppendTag(nil, 1, protowire.VarintType)
		message = protowire.AppendVarint(message, 3)
		message = protowire.AppendTag(message, 14, protowire.BytesType)
		message = protowire.AppendString(message, "1.13.0")
		message = protowire.AppendTag(message, planModeField, protowire.VarintType)
		message = protowire.AppendVarint(message, mode)
		var file bytes.Buffer
		archive := zip.NewWriter(&file)
		w, err := archive.Create("tfplan")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(message); err != nil {
			t.Fatal(err)
		}
		if err := archive.Close(); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	files := map[string][]byte{"/w/change": plan(0), "/w/gone": plan(planModeDestroy), "/w/cut": plan(planModeDestroy)[:40]}
	ctx := Offline{WorkDir: "/w", Files: func(path string) ([]byte, error) {
		if data, ok := files[path]; ok {
			return data, nil
		}
		return nil, errOffline
	}}
	for _, c := range []struct {
		line string
		want Severity
	}{
		{"terraform apply gone", Critical},
		{"tofu apply change", Low},
		{"terraform apply cut", Low},
		{"terraform apply none", Low},
		{"terraform show gone", None},
	} {
		if step := Shipped().Classify(shellparse.Parse(c.line, shellparse.Options{}), ctx); step.Severity != c.want {
			t.Errorf("%s: %v, want %v", c.line, step.Severity, c.want)
		}
	}
}

// What a file says that AWS is given by its address counts as if it stood in the line.
func TestFileAddresses(t *testing.T) {
	files := map[string]string{
		"/w/uploads.json": `{"Rules":[{"Status":"Enabled","AbortIncompleteMultipartUpload":{"DaysAfterInitiation":7}}]}`,
		"/w/gone.json":    `{"Rules":[{"Status":"Enabled","Expiration":{"Days":1}}]}`,
	}
	ctx := Offline{WorkDir: "/w", Files: func(path string) ([]byte, error) {
		if text, ok := files[path]; ok {
			return []byte(text), nil
		}
		return nil, errOffline
	}}
	for _, c := range []struct {
		file string
		want Severity
	}{{"uploads.json", None}, {"gone.json", High}, {"unread.json", High}} {
		line := "aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration file://" + c.file
		if step := Shipped().Classify(shellparse.Parse(line, shellparse.Options{}), ctx); step.Severity != c.want {
			t.Errorf("%s: %v, want %v", c.file, step.Severity, c.want)
		}
	}
}
