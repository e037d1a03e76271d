package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"restrain"
	"restrain/classify"
	"restrain/gate"
	"restrain/prompt"
	"restrain/secret"
	"restrain/session"
)

func rulesCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "rules",
		Usage: "list, show, check and try the rules",
		Description: "   restrain rules list\n" +
			"   restrain rules show terraform-destroy\n" +
			"   restrain rules check ~/.config/restrain/rules.toml\n" +
			"   restrain rules test 'terraform destroy'",
		Subcommands: []*cli.Command{
			{
				Name: "list", Usage: "list all rules", OnUsageError: wrongUsage,
				Flags:  []cli.Flag{&cli.BoolFlag{Name: "markdown", Usage: "write a Markdown document"}},
				Action: h.listRules,
			},
			{Name: "show", Usage: "show one rule", ArgsUsage: "ID", OnUsageError: wrongUsage, Action: h.showRule},
			{
				Name: "check", Usage: "check the shipped rules, or a file, with their own examples",
				ArgsUsage: "[FILE]", OnUsageError: wrongUsage, Action: h.checkRules,
			},
			{Name: "test", Usage: "say which rules match a line", ArgsUsage: "LINE", OnUsageError: wrongUsage, Action: h.testRules},
		},
	}
}

func (h *host) listRules(c *cli.Context) error {
	set, err := session.LoadRules(h.Getenv)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(h.Stdout)
	if c.Bool("markdown") {
		rulesMarkdown(out, set)
		return out.Flush()
	}
	for i := range set.Rules {
		rule := &set.Rules[i]
		fmt.Fprintf(out, "%-36s %-20s %-8s %s\n", rule.ID, rule.Class, rule.Severity, rule.Description)
	}
	return out.Flush()
}

// rulesMarkdown documents the taxonomy and the rules from the data itself.
func rulesMarkdown(out io.Writer, set *classify.Set) {
	fmt.Fprint(out, "# Rules\n\n## Classes\n\n| class | what the agent did | watched |\n|---|---|---|\n")
	for _, class := range set.Classes {
		watched := ""
		if class.Risk {
			watched = "yes"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", class.ID, class.Title, watched)
	}
	providersMarkdown(out, set)
	for _, class := range set.Classes {
		first := true
		for i := range set.Rules {
			rule := &set.Rules[i]
			if rule.Class != class.ID {
				continue
			}
			if first {
				fmt.Fprintf(out, "\n## %s\n\n| rule | severity | what it finds | ATT&CK |\n|---|---|---|---|\n", class.ID)
				first = false
			}
			fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", rule.ID, rule.Severity, strings.ReplaceAll(rule.Description, "|", `\|`), rule.Attack)
		}
	}
}

// providersMarkdown documents which rules are about which service. A rule about
// any host or any program is about none.
func providersMarkdown(out io.Writer, set *classify.Set) {
	fmt.Fprint(out, "\n## Services\n\nWhat no rule finds is read or changed, by the words of the programs.\n\n"+
		"| service | programs and hosts | changes | destroys | prints credentials |\n|---|---|---|---|---|\n")
	names := func(p *classify.Provider, classes ...string) string {
		var ids []string
		for _, rule := range set.RulesFor(p, classes...) {
			ids = append(ids, "`"+rule.ID+"`")
		}
		return strings.Join(ids, " ")
	}
	for i := range set.Providers {
		p := &set.Providers[i]
		reached := append(append([]string{}, p.Command...), p.Host...)
		fmt.Fprintf(out, "| %s | `%s` | %s | %s | %s |\n", p.Title, strings.Join(reached, "` `"),
			names(p, "*.write", "publish", "privilege", "persist", "system"), names(p, "*.destroy"), names(p, "credential.*"))
	}
}

func (h *host) showRule(c *cli.Context) error {
	set, err := session.LoadRules(h.Getenv)
	if err != nil {
		return err
	}
	rule := set.Rule(c.Args().First())
	if rule == nil {
		return session.Hint(session.Usagef("there is no rule %q", c.Args().First()), "restrain rules list names them all")
	}
	out := bufio.NewWriter(h.Stdout)
	field := func(name, value string) {
		if value != "" {
			fmt.Fprintf(out, "%-16s%s\n", name, value)
		}
	}
	field("id", rule.ID)
	field("class", string(rule.Class))
	field("severity", rule.Severity.String())
	field("can be undone", string(rule.Undo))
	field("description", rule.Description)
	field("justification", rule.Justification)
	field("attack", rule.Attack)
	field("false positives", rule.FalsePositives)
	for _, line := range rule.Match {
		field("matches", prompt.Escape(line))
	}
	for _, line := range rule.NotMatch {
		field("does not match", prompt.Escape(line))
	}
	return out.Flush()
}

func (h *host) checkRules(c *cli.Context) error {
	name := cmp.Or(c.Args().First(), "the shipped rules")
	set, rules, err := checkedSet(c.Args().First())
	if err != nil {
		return session.Usage(err)
	}
	problems := set.Check()
	for _, problem := range problems {
		fmt.Fprintln(h.Stdout, prompt.Escape(problem.String()))
	}
	if len(problems) > 0 {
		return errors.New("the rules have problems: correct them, and check again")
	}
	_, err = fmt.Fprintf(h.Stdout, "%s: %d rules, all examples hold\n", name, rules)
	return err
}

// checkedSet gives the set that a file makes, and how many rules are its own; no
// file means the shipped ones. A project's file is read as such.
func checkedSet(path string) (set *classify.Set, rules int, err error) {
	if path == "" {
		if set, err = classify.LoadFS(restrain.Rules, "rules.toml"); err == nil {
			rules = len(set.Rules)
		}
		return set, rules, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, session.Usagef("rules: %w; name a readable file", err)
	}
	shipped := classify.Shipped()
	if filepath.Base(path) == session.ProjectRules {
		if set, err = classify.LoadTighter(shipped, path, text); err == nil {
			rules = len(set.Rules) - len(shipped.Rules)
		}
		return set, rules, err
	}
	if set, err = classify.Load(path, text); err == nil {
		set, rules = shipped.Overlay(set), len(set.Rules)
	}
	return set, rules, err
}

func (h *host) testRules(c *cli.Context) error {
	if c.NArg() != 1 {
		return session.Usagef("rules test takes one line: quote it")
	}
	policy, err := session.LoadPolicy(h.Getenv, "", "")
	if err != nil {
		return err
	}
	dir, _ := os.Getwd() // unknown is an answer
	j, _ := policy.Consider(policy.NewSession(), &gate.Request{Door: "check", Line: c.Args().First(), Dir: dir, Home: h.Getenv("HOME")}, time.Unix(0, 0))
	if len(j.Rules) == 0 {
		_, err := fmt.Fprintln(h.Stdout, "no rule matches")
		return err
	}
	for i := range j.Step.Actions {
		action := &j.Step.Actions[i]
		if f := action.Finding; f != nil {
			evidence := prompt.Escape(secret.Redact(f.Evidence))
			if _, err := fmt.Fprintf(h.Stdout, "%-36s %-20s %-8s %s\n", f.Rule, action.Class, action.Severity, evidence); err != nil {
				return err
			}
		}
	}
	return nil
}
