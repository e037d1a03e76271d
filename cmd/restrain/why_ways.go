package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"restrain/classify"
	"restrain/gate"
	"restrain/prompt"
	"restrain/session"
)

// A way is one that changes a verdict: what it does, and what to type or paste.
type way struct{ what, paste string }

// writeWays writes the ways, with what is to be pasted in the first column.
func writeWays(w io.Writer, ink ink, ways []way, asked bool) error {
	title := "WHAT STOPS THE QUESTION"
	if !asked {
		title = "WHAT WOULD HAVE IT ASKED"
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", ink.bold(title)); err != nil {
		return err
	}
	for _, way := range ways {
		if _, err := fmt.Fprintf(w, "\n%s\n", ink.dim("# "+way.what)); err != nil {
			return err
		}
		if way.paste == "" {
			continue
		}
		if _, err := fmt.Fprintln(w, prompt.EscapeLines(strings.TrimRight(way.paste, "\n"))); err != nil {
			return err
		}
	}
	return nil
}

// waysToRun are what has a step run unasked the next time.
func (h *host) waysToRun(set *classify.Set, r *reasons) []way {
	var ways []way
	critical := r.severity == classify.Critical.String()
	switch {
	case critical:
		ways = append(ways, way{what: "What is critical is asked every time, and has no grant. A reviewed approval covers it in CI."})
	case r.sequence != "":
		ways = append(ways, way{what: "What completes a sequence is asked every time, and has no grant."})
	default:
		ways = append(ways, way{what: "A grant: at the next question, s is for this session, p for this project. restrain grants lists them."})
	}
	if !critical && r.sequence == "" {
		for _, id := range r.rules {
			rule := set.Rule(id)
			if rule == nil || rule.Severity < classify.Medium {
				continue
			}
			if text, err := classify.RuleText(rule, classify.Low); err == nil {
				ways = append(ways, way{"The rule " + id + " at a severity that is not asked about: in " + homeShort(session.RulesPath(h.Getenv), h.Getenv("HOME")), text})
			}
		}
	}
	if !strings.Contains(r.command, "[redacted:") { // its words are not all there
		ways = append(ways, approveWay(r, critical || r.sequence != ""))
	}
	if personas := h.personasThatRun(set, r); len(personas) > 0 {
		ways = append(ways, way{"Another persona, in a calm session: " + strings.Join(personas, ", "), "restrain --persona " + personas[0] + " -- AGENT"})
	}
	if !critical {
		ways = append(ways, way{"What you let happen in this project is asked about less, once it has been learned:", "restrain learn --dry-run"})
	}
	return ways
}

// approveWay is the approval of the very command, for pipelines.
func approveWay(r *reasons, grave bool) way {
	return way{"In CI, once the file is reviewed: in " + session.ProjectRules, session.ApprovalText(r.command, r.dir, grave, time.Now())}
}

// personasThatRun are those with which the line runs unasked in a new session.
func (h *host) personasThatRun(set *classify.Set, r *reasons) []string {
	var ids []string
	for _, persona := range set.Personas {
		policy, err := session.PolicyOn(set, h.Getenv, "", persona.ID)
		if err != nil {
			continue
		}
		request := &gate.Request{Door: "check", Line: r.command, Dir: r.dir, Home: h.Getenv("HOME")}
		if j, _ := policy.Consider(policy.NewSession(), request, time.Now()); j.Outcome.Runs() {
			ids = append(ids, persona.ID)
		}
	}
	if len(ids) == len(set.Personas) {
		return nil // in a new session it runs with each: it was the session's behaviour
	}
	return ids
}

// waysToAsk are what has a step asked about the next time.
func waysToAsk(set *classify.Set, r *reasons) []way {
	var ways []way
	for _, id := range r.rules {
		if rule := set.Rule(id); rule != nil {
			if text, err := classify.RuleText(rule, classify.High); err == nil {
				ways = append(ways, way{"The rule " + id + ", with a severity that is asked about: in your rules.toml", text})
			}
			break
		}
	}
	if len(ways) == 0 {
		ways = append(ways, way{"A rule of your own: in your rules.toml", ownRule(r)})
	}
	return ways
}

// ownRule is a rule for what a line begins with.
func ownRule(r *reasons) string {
	words := strings.Fields(r.command)
	class := "unknown"
	if len(r.classes) > 0 {
		class = r.classes[0]
	}
	var run []string
	for _, word := range words[:min(len(words), 2)] {
		if strings.Trim(word, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "" || strings.HasPrefix(word, "-") {
			break
		}
		run = append(run, word)
	}
	if len(run) == 0 {
		run = []string{"PROGRAM"}
	}
	return fmt.Sprintf("[[rule]]\nid = %q\nclass = %q\nseverity = \"high\"\ndescription = \"say what it does\"\nruns = [%q]\nmatch = [%s]\n",
		"own-"+strings.Join(run, "-"), class, strings.Join(run, " "), session.TOMLString(r.command))
}

// homeShort writes a path below the home directory with ~.
func homeShort(path, home string) string {
	if rest, ok := strings.CutPrefix(path, home+"/"); ok && home != "" {
		return "~/" + rest
	}
	return path
}
