package main

import (
	"errors"
	"slices"

	"github.com/urfave/cli/v2"

	"restrain/intercept"
	"restrain/prompt"
)

// choose has the human at the terminal choose, below the list, the step that is given
// back. Leaving it gives back nothing. An agent has only the list.
func (u *undo) choose(c *cli.Context) error {
	if u.json || !u.atTerminal() || u.outputCaps().Dumb || intercept.Supervised() {
		return nil
	}
	list, err := u.kept()
	if err != nil {
		return err
	}
	var steps [][]string
	var choices []string
	for i := range list {
		k := &list[i]
		taken := slices.ContainsFunc(steps, func(ids []string) bool { return slices.Contains(ids, k.ID) })
		if taken || k.Files+k.Dirs == 0 {
			continue
		}
		steps = append(steps, sameStep(list, k))
		choices = append(choices, stepName(k)+"  "+told(k)+"  "+keptSummary(k)+", "+k.Time.Local().Format("_2 Jan 15:04")+"  "+k.ID)
	}
	if len(steps) == 0 || u.humanOnly(c) != nil {
		return nil
	}
	at, err := prompt.TTY{Env: u.Getenv}.Pick(u.ctx, "give back which step?", choices)
	if errors.Is(err, prompt.ErrNotPicked) {
		return nil
	}
	if err != nil {
		return err
	}
	return u.restore(steps[at], nil)
}
