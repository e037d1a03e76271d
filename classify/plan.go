package classify

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
)

// maxPlan bounds a plan file and what is unpacked of it, in bytes.
const maxPlan = 16 << 20

// readPlan finds what a saved plan of Terraform destroys: whoever applies it is not
// asked again, and nothing in the line says so.
func (r *reader) readPlan() {
	if !matchAny(r.wordSet("terraform").Any, r.cmd.Name) {
		return
	}
	switch r.args.operand(0) {
	case "plan":
		if !r.args.hasAny("-destroy", "--destroy") {
			return
		}
		for i, w := range r.args.words {
			option, file, attached := strings.Cut(strings.TrimPrefix(w.Text, "-"), "=")
			if option != "-out" && option != "out" {
				continue
			}
			if !attached && i+1 < len(r.args.words) {
				file = r.args.words[i+1].Text
			}
			r.addObject(Object{Effect: EffectMake, Kind: ObjectOther, At: destroyPlan, Name: r.planPath(file)})
		}
	case "apply":
		if file := r.args.operand(1); file != "" && r.planDestroys(r.planPath(file)) {
			r.addForm(formDestroyPlan, r.evidence())
		}
	}
}

// destroyPlan is where the objects are that stand for plans to destroy.
const destroyPlan = "plan to destroy"

// planPath is the file that a plan is written to or read from.
func (r *reader) planPath(file string) string {
	if dir, ok := r.args.value("-chdir"); ok && !path.IsAbs(file) {
		file = path.Join(dir, file)
	}
	at := fileFact{op: opRead, text: file}
	r.locate(&at)
	return r.absolute(at.path)
}

// planDestroys reports a plan that was made to destroy: by an earlier command of
// the line, by a step of the session, or as the file says.
func (r *reader) planDestroys(file string) bool {
	made := Object{Effect: EffectMake, Kind: ObjectOther, At: destroyPlan, Name: file}
	if slices.ContainsFunc(r.objects, func(o Object) bool { return o.Effect == made.Effect && o.At == made.At && o.Name == file }) {
		return true
	}
	if maker, ok := r.ctx.(Maker); ok {
		if _, ok := maker.Made(&made); ok {
			return true
		}
	}
	data, err := r.ctx.ReadFile(file, maxPlan)
	if err != nil || !bytes.HasPrefix(data, []byte("PK")) {
		return false
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return false
	}
	plan, err := archive.Open("tfplan")
	if err != nil {
		return false
	}
	defer plan.Close()
	message, err := io.ReadAll(io.LimitReader(plan, maxPlan))
	return err == nil && planMode(message) == planModeDestroy
}

// The field of a plan that says how it was made, and its value for a plan to
// destroy: ui_mode in planfile.proto of Terraform and OpenTofu.
const (
	planModeField   = 17
	planModeDestroy = 1
)

// planMode is the mode of a plan.
func planMode(message []byte) uint64 {
	for len(message) > 0 {
		field, kind, n := protowire.ConsumeTag(message)
		if n < 0 {
			return 0
		}
		if message = message[n:]; field == planModeField && kind == protowire.VarintType {
			mode, _ := protowire.ConsumeVarint(message)
			return mode
		}
		if n = protowire.ConsumeFieldValue(field, kind, message); n < 0 {
			return 0
		}
		message = message[n:]
	}
	return 0
}
