package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/figure"
	"restrain/gate"
	"restrain/prompt"
	"restrain/session"
)

func configCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:  "config",
		Usage: "show what is in force here, and where each value comes from",
		Description: "What restrain ships, your own file and the project's are laid over each other.\n\n" +
			"   restrain config show\n" +
			"   restrain config show --agent claude --json",
		Subcommands: []*cli.Command{{
			Name: "show", Usage: "show all values", OnUsageError: wrongUsage,
			Description: "   restrain config show\n   restrain config show --agent claude",
			Flags: []cli.Flag{
				personaFlag(),
				&cli.StringFlag{Name: "agent", Usage: "as it is for the agent of this name"},
				&cli.BoolFlag{Name: "json", Usage: "print JSON Lines {\"key\",\"value\",\"from\"}"},
			},
			Action: h.showConfig,
		}},
	}
}

// A setting is one value that is in force, and where it comes from.
type setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
	From  string `json:"from"`
}

func (h *host) showConfig(c *cli.Context) error {
	layers, err := session.RuleLayers(h.Getenv)
	if err != nil {
		return err
	}
	set := layers[len(layers)-1].Set
	role, tightened, err := set.PersonaFor(c.String("agent"), c.String("persona"))
	if err != nil {
		return session.Usage(err)
	}
	settings := append(h.places(), layerSettings(layers)...)
	settings = append(settings, personaSetting(layers, c.String("persona"), role, tightened))
	settings = append(settings, h.environmentSettings()...)
	if c.Bool("json") {
		return settingsJSON(h.Stdout, settings)
	}
	return showSettings(h.Stdout, settings)
}

// showSettings writes a table for a person. Files hold what an agent may have
// written, so every cell is escaped.
func showSettings(out io.Writer, settings []setting) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, s := range settings {
		fmt.Fprintf(table, "%s\t%s\t%s\n", prompt.Escape(s.Key), prompt.Escape(s.Value), prompt.Escape(s.From))
	}
	return table.Flush()
}

func settingsJSON(out io.Writer, settings []setting) error {
	encoder := json.NewEncoder(out)
	for _, s := range settings {
		if err := encoder.Encode(s); err != nil {
			return err
		}
	}
	return nil
}

// places are the files and directories in use.
func (h *host) places() []setting {
	place := func(key, path, from string, err error) setting {
		if err != nil {
			path, from = "none", err.Error()
		}
		return setting{key, path, from}
	}
	state, err := gate.StateDir(h.Getenv)
	settings := []setting{place("state directory", state, firstSet(h.Getenv, "XDG_STATE_HOME", "HOME"), err)}
	from := firstSet(h.Getenv, "XDG_CONFIG_HOME", "HOME")
	if path := session.RulesPath(h.Getenv); path != "" {
		settings = append(settings, setting{"your rules", path, from + present(path)})
	}
	if path := session.FindProjectRules(h.Getenv("HOME")); path != "" {
		settings = append(settings, setting{"the project's rules", path, "found from the working directory"})
	}
	if lessons, err := session.LessonsPath(h.Getenv, session.ProjectDir()); err == nil && present(lessons) == "" {
		settings = append(settings, setting{"what the project has taught", lessons, "restrain learn"})
	}
	return settings
}

// keepSettings are the bounds of what is kept for restrain undo.
func keepSettings(layers []session.Layer) []setting {
	keep := &layers[len(layers)-1].Set.Keep
	from := func(of func(*classify.Keep) any) string {
		return origin(layers, func(s *classify.Set) any { return of(&s.Keep) })
	}
	if keep.Off {
		return []setting{{"keep", "off", from(func(k *classify.Keep) any { return k.Off })}}
	}
	programs := "off"
	if keep.Programs {
		programs = "on"
	}
	return []setting{
		{"keep.programs", programs, from(func(k *classify.Keep) any { return k.Programs })},
		{"keep.step", keep.Step.String(), from(func(k *classify.Keep) any { return k.Step })},
		{"keep.total", keep.Total.String(), from(func(k *classify.Keep) any { return k.Total })},
		{"keep.days", strconv.Itoa(keep.Days), from(func(k *classify.Keep) any { return k.Days })},
		{"keep.files", figure.Count(keep.Files) + " of a step", from(func(k *classify.Keep) any { return k.Files })},
	}
}

// netSetting says whether sessions look at the network.
func netSetting(layers []session.Layer) setting {
	set := layers[len(layers)-1].Set
	value := "off; restrain --net looks into " + figure.Number(len(set.OpenHosts()), "host") + " and their like"
	if set.Net {
		value = "on: looks into " + figure.Number(len(set.OpenHosts()), "host") + " and their like"
	}
	return setting{"net", value, origin(layers, func(s *classify.Set) any { return s.Net })}
}

// layerSettings are the values of the rule files: the matrix, and whatever a
// file adds to what restrain ships, or replaces.
func layerSettings(layers []session.Layer) []setting {
	var settings []setting
	for _, severity := range []classify.Severity{classify.Critical, classify.High, classify.Medium, classify.Low} {
		of := func(s *classify.Set) any { return s.Matrix.Of(severity) }
		last := layers[len(layers)-1].Set
		settings = append(settings, setting{
			"matrix." + severity.String(), thresholds(last.Matrix.Of(severity)), origin(layers, of),
		})
	}
	settings = append(settings, keepSettings(layers)...)
	settings = append(settings, netSetting(layers))
	shipped := layers[0].Set
	settings = append(settings, setting{"rules", strconv.Itoa(len(shipped.Rules)), layers[0].From})
	for i := 1; i < len(layers); i++ {
		below, here := layers[i-1].Set, layers[i]
		settings = append(settings, changes("rule", below.Rules, here, here.Set.Rules,
			func(r *classify.Rule) (string, string) { return r.ID, r.Severity.String() + ": " + r.Description })...)
		settings = append(settings, changes("sequence", below.Sequences, here, here.Set.Sequences,
			func(q *classify.Sequence) (string, string) { return q.ID, q.Title })...)
		settings = append(settings, changes("persona", below.Personas, here, here.Set.Personas,
			func(p *classify.Persona) (string, string) { return p.ID, p.Title })...)
		settings = append(settings, changes("agent", below.Agents, here, here.Set.Agents,
			func(a *classify.Agent) (string, string) { return a.ID, "persona " + a.Persona })...)
		settings = append(settings, changes("class", below.Classes, here, here.Set.Classes,
			func(c *classify.ClassInfo) (string, string) { return string(c.ID), c.Title })...)
		settings = append(settings, changes("paths", below.Paths, here, here.Set.Paths,
			func(p *classify.PathSet) (string, string) { return p.ID, strings.Join(p.Globs, " ") })...)
		settings = append(settings, changes("place", below.Places, here, here.Set.Places,
			func(p *classify.PlaceSet) (string, string) { return string(p.ID), strings.Join(p.Globs, " ") })...)
		settings = append(settings, changes("words", below.Words, here, here.Set.Words,
			func(w *classify.WordSet) (string, string) { return w.ID, strings.Join(w.Any, " ") })...)
	}
	return settings
}

// changes lists what a session.Layer adds to the parts below it, or replaces.
func changes[T any](kind string, below []T, here session.Layer, parts []T, describe func(*T) (id, value string)) []setting {
	known := make(map[string]*T, len(below))
	for i := range below {
		id, _ := describe(&below[i])
		known[id] = &below[i]
	}
	var settings []setting
	for i := range parts {
		id, value := describe(&parts[i])
		old := known[id]
		if old != nil && reflect.DeepEqual(*old, parts[i]) {
			continue
		}
		from := here.From
		if old != nil {
			from += ", in place of what was below"
		}
		settings = append(settings, setting{kind + "." + id, value, from})
	}
	return settings
}

// origin is the topmost session.Layer that changes a value.
func origin(layers []session.Layer, of func(*classify.Set) any) string {
	for i := len(layers) - 1; i > 0; i-- {
		if !reflect.DeepEqual(of(layers[i].Set), of(layers[i-1].Set)) {
			return layers[i].From
		}
	}
	return layers[0].From
}

func thresholds(bits float64) string {
	switch {
	case bits >= classify.Never:
		return "never asks"
	case bits <= classify.Always:
		return "always asks"
	}
	return "asks from " + strconv.FormatFloat(bits, 'f', -1, 64) + " bits"
}

func personaSetting(layers []session.Layer, chosen string, role *classify.Persona, tightened bool) setting {
	of := func(s *classify.Set) any { return s.Agents }
	from := origin(layers, of)
	switch {
	case chosen != "" && !tightened:
		from = "--persona"
	case len(layers[len(layers)-1].Set.Agents) == 0:
		from = "default"
	}
	return setting{"persona", role.ID + ": " + role.Title, from}
}

// environmentSettings are what options and the environment decide.
func (h *host) environmentSettings() []setting {
	settings := []setting{{"timeout of a question", gate.DefaultTimeout.String(), "default; --timeout"}}
	caps := prompt.CapsOf(0, 0, h.Getenv)
	switch {
	case h.Getenv("NO_COLOR") != "":
		settings = append(settings, setting{"colour", "no", "NO_COLOR"})
	case caps.Dumb:
		settings = append(settings, setting{"colour", "no", "TERM"})
	default:
		settings = append(settings, setting{"colour", "yes", "TERM"})
	}
	telemetry := setting{"telemetry", "off", session.OTelEndpoint + " is not set"}
	if h.Getenv(session.OTelEndpoint) != "" {
		telemetry = setting{"telemetry", "on", session.OTelEndpoint} // its value may hold a password
	}
	return append(settings, telemetry)
}

// present says of a file that it is not there.
func present(path string) string {
	if _, err := os.Stat(path); err != nil {
		return " (no file yet)"
	}
	return ""
}

func firstSet(getenv func(string) string, names ...string) string {
	for _, name := range names {
		if getenv(name) != "" {
			return name
		}
	}
	return "default"
}
