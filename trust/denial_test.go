package trust

import (
	"fmt"
	"testing"
	"time"

	"restrain/classify"
)

// harm is a step that destroys paths.
func harm(paths ...string) *classify.Step {
	s := step("file.destroy/high")
	for _, p := range paths {
		s.Objects = append(s.Objects, classify.Object{Effect: classify.EffectDestroy, Name: p, Deep: true})
	}
	return s
}

// does is a harmless step that does something to an object.
func does(o classify.Object) *classify.Step {
	s := step("run")
	s.Objects = []classify.Object{o}
	return s
}

// denySteps gives a session in which the steps were denied, in this order, as
// it is after it was saved.
func denySteps(t *testing.T, steps ...*classify.Step) *Session {
	t.Helper()
	s := NewSession(Shipped(), testRules())
	for _, st := range steps {
		now := at(s.Steps())
		s.Record(st, s.Assess(st, now), Outcome{Decision: Denied}, now)
	}
	return restored(t, s)
}

func restored(t *testing.T, s *Session) *Session {
	t.Helper()
	again := NewSession(Shipped(), testRules())
	if err := again.RestoreState(s.AppendState(nil)); err != nil {
		t.Fatal(err)
	}
	return again
}

func around(s *Session, st *classify.Step) *WorkAround {
	return s.Assess(st, at(s.Steps())).Around
}

// Each row is one object that was denied, and one that comes.
func TestObjectsOfDenials(t *testing.T) {
	const unknown, destroy, reveal, search = classify.EffectUnknown, classify.EffectDestroy, classify.EffectReveal, classify.EffectSearch
	const send, change, move = classify.EffectSend, classify.EffectChange, classify.EffectMove
	type object = classify.Object
	request := func(e classify.Effect, host, path string, deep bool) object {
		return object{Effect: e, Kind: classify.ObjectRequest, At: host, Name: path, Deep: deep}
	}
	dir := object{Effect: destroy, Name: "/w/notes", Deep: true}
	file := object{Effect: destroy, Name: "/w/notes/a"}
	project := object{Effect: destroy, Name: "/w", Deep: true, Wide: true}
	secret := object{Effect: reveal, Name: "/w/conf/.env"}
	customer := request(destroy, "api", "/v1/customers/42", true)
	for _, c := range []struct {
		name         string
		denied, then object
		want         bool
	}{
		{"the same", dir, dir, true},
		{"a part of it", dir, file, true},
		{"what it is part of", dir, project, true},
		{"what it is part of, but not all of that", dir, object{Effect: destroy, Name: "/w"}, false},
		{"beside it", dir, object{Effect: destroy, Name: "/w/notes2", Deep: true}, false},
		{"below a file", file, object{Effect: destroy, Name: "/w/notes/a/b"}, false},
		{"on another machine", dir, object{Effect: destroy, At: "web1", Name: "/w/notes", Deep: true}, false},
		{"what a build makes again in it", dir, object{Effect: destroy, Name: "/w/notes/build", Deep: true, Minor: true}, false},
		{"another effect", dir, object{Effect: reveal, Name: "/w/notes/a"}, false},
		{"written over", file, object{Effect: destroy, Minor: true, Name: "/w/notes/a"}, true},
		{"appended to", file, object{Effect: change, Name: "/w/notes/a"}, false},
		{"moved again", object{Effect: move, Name: "/w/notes", To: "/w/b"}, object{Effect: move, Name: "/w/notes", To: "/w/c"}, true},
		{"moved", dir, object{Effect: move, Name: "/w/notes", To: "/w/b", Deep: true}, false},
		{"given to a program", dir, object{Effect: unknown, Name: "/w/notes/a", Deep: true}, true},
		{"a project is given to programs", project, object{Effect: unknown, Name: "/w/src/a.js", Deep: true}, false},
		{"a program is given what it is part of", dir, object{Effect: unknown, Name: "/w", Deep: true}, false},
		{"a part of the project", project, file, true},

		{"read", secret, object{Effect: reveal, Name: "/w/conf/.env", Minor: true}, true},
		{"sent", secret, object{Effect: send, Name: "/w/conf/.env"}, true},
		{"searched", secret, object{Effect: search, Name: "/w", Deep: true, Minor: true}, true},
		{"searched elsewhere", secret, object{Effect: search, Name: "/w/src", Deep: true}, false},
		{"removed", secret, object{Effect: destroy, Name: "/w/conf/.env"}, false},
		{"another file read", secret, object{Effect: reveal, Name: "/w/conf/a"}, false},
		{"a variable of that name", secret, object{Effect: reveal, Kind: classify.ObjectVariable, Name: "/w/conf/.env"}, false},
		{"all variables", object{Effect: reveal, Kind: classify.ObjectVariable, Name: "TOKEN"}, object{Effect: reveal, Kind: classify.ObjectVariable, Deep: true}, true},

		{"another method", customer, request(change, "api", "/v1/customers/42", false), true},
		{"of a part", customer, request(change, "api", "/v1/customers/42/delete", false), true},
		{"all of them", customer, request(destroy, "api", "/v1/customers", true), true},
		{"one more", customer, request(change, "api", "/v1/customers", false), false},
		{"another server", customer, request(destroy, "api2", "/v1/customers/42", true), false},
		{"a server that is not known", customer, request(destroy, "", "/v1/customers/42", true), true},
		{"a program that is given the server", customer, request(unknown, "api", "/", true), true},
		{"a program that is given another", customer, request(unknown, "api2", "/", true), false},
	} {
		first := step("file.destroy/high")
		first.Objects = []object{c.denied}
		s := denySteps(t, step("file.read"), first)
		got := around(s, does(c.then))
		if (got != nil) != c.want {
			t.Errorf("%s: a work-around %v, want %v", c.name, got != nil, c.want)
		}
		if got != nil && (got.Step != 2 || !got.Time.Equal(at(1)) || got.Object != c.then.Name) {
			t.Errorf("%s: %+v", c.name, *got)
		}
	}
}

// Only what would have done the harm is remembered, and only of what was denied.
func TestWhatIsDenied(t *testing.T) {
	line := harm("/w/notes")
	line.Actions = append(line.Actions, classify.Action{Class: "file.read", Command: 1})
	line.Objects = append(line.Objects,
		classify.Object{Effect: classify.EffectReveal, Name: "/w/read.me", Command: 1},
		classify.Object{Effect: classify.EffectDestroy, Name: "/w/build", Minor: true})
	s := denySteps(t, line)
	if around(s, harm("/w/notes")) == nil {
		t.Error("what was denied is forgotten")
	}
	for _, name := range []string{"/w/read.me", "/w/build"} {
		for _, effect := range []classify.Effect{classify.EffectReveal, classify.EffectDestroy} {
			if w := around(s, does(classify.Object{Effect: effect, Name: name})); w != nil {
				t.Errorf("%s: nobody denied that", name)
			}
		}
	}
	ran := NewSession(Shipped(), testRules())
	ran.Record(harm("/w/notes"), Assessment{}, Outcome{}, at(0))
	if around(ran, harm("/w/notes")) != nil {
		t.Error("what ran was not denied")
	}
}

// A denial holds as long as the sequence says.
func TestDenialsAge(t *testing.T) {
	rules := testRules() // 50 steps
	rules.Sequences[1].Within = time.Hour
	for _, c := range []struct {
		steps int
		later time.Duration
		want  bool
	}{{49, 0, true}, {50, 0, false}, {1, time.Hour, true}, {1, time.Hour + time.Second, false}} {
		s := NewSession(Shipped(), rules)
		s.Record(harm("/w/a"), Assessment{}, Outcome{Decision: Denied}, testStart)
		for range c.steps {
			s.Record(step("file.read"), Assessment{}, Outcome{}, testStart)
		}
		if a := s.Assess(harm("/w/a"), testStart.Add(c.later)); (a.Around != nil) != c.want || (a.Sequence == "workaround") != c.want {
			t.Errorf("%d steps, %v later: %+v, %q", c.steps, c.later, a.Around, a.Sequence)
		}
	}
}

// Where a denied object has been moved to it is still denied, and where it has
// been copied to it is as long as that matters.
func TestDenialsFollowTheObject(t *testing.T) {
	secret := step("file.destroy/high")
	secret.Objects = []classify.Object{{Effect: classify.EffectReveal, Name: "/w/.env"}}
	for _, c := range []struct {
		effect   classify.Effect
		from, to string
		then     classify.Object
		want     bool
	}{
		{classify.EffectMove, "/w/notes", "/w/build", classify.Object{Effect: classify.EffectDestroy, Name: "/w/build", Deep: true}, true},
		{classify.EffectMove, "/w/notes/a", "/w/b", classify.Object{Effect: classify.EffectDestroy, Name: "/w/b"}, true},
		{classify.EffectMove, "/w", "/v", classify.Object{Effect: classify.EffectDestroy, Name: "/v/notes", Deep: true}, true},
		{classify.EffectMove, "/w/src", "/w/build", classify.Object{Effect: classify.EffectDestroy, Name: "/w/build", Deep: true}, false},
		{classify.EffectCopy, "/w/notes", "/w/copy", classify.Object{Effect: classify.EffectDestroy, Name: "/w/copy", Deep: true}, false},
		{classify.EffectCopy, "/w/.env", "/w/copy", classify.Object{Effect: classify.EffectReveal, Name: "/w/copy"}, true},
	} {
		for _, ran := range []bool{true, false} {
			s := denySteps(t, harm("/w/notes"), secret)
			outcome := Outcome{Decision: Denied}
			if ran {
				outcome.Decision = Allowed
			}
			s.Record(does(classify.Object{Effect: c.effect, Name: c.from, To: c.to, Deep: true}), Assessment{}, outcome, at(2))
			if got := around(restored(t, s), does(c.then)) != nil; got != (c.want && ran) {
				t.Errorf("%s to %s, ran %v: then %s is a work-around: %v", c.from, c.to, ran, c.then.Name, got)
			}
		}
	}
}

// A human who lets the step run after all has taken the denial back.
func TestApprovalEndsADenial(t *testing.T) {
	s := denySteps(t, harm("/w/a"), harm("/w/b"))
	level := s.Level()
	s.Record(harm("/w/a"), s.Assess(harm("/w/a"), at(2)), Outcome{Decision: Approved}, at(2))
	if s.Level() > level {
		t.Errorf("%s after an approval, %s before", s.Level(), level)
	}
	if around(s, harm("/w/a")) != nil {
		t.Error("what was approved later is still denied")
	}
	if around(s, harm("/w/b")) == nil {
		t.Error("what was not approved is forgotten")
	}
}

// One step of many objects does not push out the earlier denials, and many steps
// push out the oldest.
func TestDenialsAreBounded(t *testing.T) {
	many := make([]string, 500)
	for i := range many {
		many[i] = fmt.Sprintf("/w/many/%d", i)
	}
	s := denySteps(t, harm("/w/a"), harm(many...))
	if around(s, harm("/w/a")) == nil || len(s.denials) > 1+maxStepDenials {
		t.Errorf("%d denials after a long step", len(s.denials))
	}
	var steps []*classify.Step
	for i := range 40 {
		steps = append(steps, harm(fmt.Sprintf("/w/x%d", i), fmt.Sprintf("/w/y%d/%0200d", i, i)))
	}
	s = denySteps(t, steps...)
	if len(s.denials) != maxDenials || around(s, harm("/w/x39")) == nil || around(s, harm("/w/x0")) != nil {
		t.Errorf("%d denials", len(s.denials))
	}
	if n := len(s.AppendState(nil)); n > maxState/4 {
		t.Errorf("a state of %d bytes", n)
	}
}

// What the session has made, and since when.
func TestMade(t *testing.T) {
	s := NewSession(Shipped(), testRules())
	makes := func(o classify.Object, outcome Outcome, n int) {
		o.Effect = classify.EffectMake
		s.Record(does(o), Assessment{}, outcome, at(n))
	}
	makes(classify.Object{Name: "/w/data"}, Outcome{}, 1)
	makes(classify.Object{Name: "/w/data"}, Outcome{}, 2)
	makes(classify.Object{Kind: classify.ObjectRef, At: "origin", Name: "feat/z"}, Outcome{}, 3)
	makes(classify.Object{Name: "/w/denied"}, Outcome{Decision: Denied}, 4)
	s = restored(t, s)
	for _, c := range []struct {
		kind     classify.ObjectKind
		at, name string
		want     int // the step; 0 for none
	}{
		{classify.ObjectPath, "", "/w/data", 1},
		{classify.ObjectPath, "", "/w/data/a/b.csv", 1},
		{classify.ObjectPath, "", "/w", 0},
		{classify.ObjectPath, "", "/w/data2", 0},
		{classify.ObjectPath, "", "/w/denied", 0},
		{classify.ObjectRef, "origin", "feat/z", 3},
		{classify.ObjectRef, "origin", "feat", 0},
		{classify.ObjectRef, "other", "feat/z", 0},
	} {
		since, ok := s.Past().Made(&classify.Object{Kind: c.kind, At: c.at, Name: c.name})
		if ok != (c.want > 0) || ok && !since.Equal(at(c.want)) {
			t.Errorf("%s %s: %v, %v; want step %d", c.at, c.name, since, ok, c.want)
		}
	}
	for i := range 2 * maxMade {
		makes(classify.Object{Name: fmt.Sprint("/w/", i)}, Outcome{}, i)
	}
	if _, ok := s.Past().Made(&classify.Object{Name: "/w/data"}); ok || len(s.made) != maxMade {
		t.Errorf("%d objects made", len(s.made))
	}
}
