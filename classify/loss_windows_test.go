package classify

import "testing"

// What lies on a drive of Windows is neither seen by this machine's paths nor removed
// by a call that its kernel tells of: nothing says that it is not there, or kept.
func TestLossOnADrive(t *testing.T) {
	p := newPlace(t)
	for _, line := range []string{
		`powershell -Command "Remove-Item -Recurse -Force 'C:\Program Files\shop\data'"`,
		`cmd.exe /c "rd /s /q E:\tools\x"`,
	} {
		step := p.judge(line)
		if severity, keepable := takesMost(&step); severity < Medium || keepable {
			t.Errorf("%s: %s, keepable %v", line, severity, keepable)
		}
		for i := range step.Actions {
			if a := &step.Actions[i]; a.Unlinks {
				t.Errorf("%s: the kernel would tell of %s", line, a.Resource.Name)
			}
		}
	}
}
