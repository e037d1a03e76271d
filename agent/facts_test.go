package agent

import "testing"

// What is known of an agent is whole, and names are one agent's.
func TestAgents(t *testing.T) {
	names := map[string]bool{}
	for _, a := range All() {
		for _, name := range []string{"name " + a.Name, "title " + a.Title, "hook " + a.Hook} {
			if names[name] && name != "hook " {
				t.Errorf("%s is another agent's too", name)
			}
			names[name] = true
		}
		if a.Name == "" || a.Title == "" || len(a.Programs) == 0 || len(a.Dirs) == 0 {
			t.Errorf("%+v lacks something", a)
		}
		if asks := a.Hook != ""; asks != (a.Patience > 0) || asks != (a.Hooks.Name != "" && a.Hooks.Project != "" && a.Hooks.User != "") {
			t.Errorf("%s: a hook needs a file and a time, and a terminal has none", a.Name)
		}
		if found, ok := ByName(a.Name); !ok || found.Title != a.Title {
			t.Errorf("%s is not found", a.Name)
		}
		if found, ok := ByHook(a.Hook); a.Hook != "" && (!ok || found.Name != a.Name) {
			t.Errorf("the agent of restrain hook %s is not found", a.Hook)
		}
	}
	if _, ok := ByHook(""); ok {
		t.Error("an agent without a name")
	}
}
