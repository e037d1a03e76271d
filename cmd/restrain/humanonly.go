package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"restrain/intercept"
	"restrain/session"
	"restrain/watch"
)

// humanOnly refuses a verb that changes what sessions are held to, where an agent
// may be the one who asks: whatever the program is called here, and by the same
// check as answers.
func (h *host) humanOnly(c *cli.Context) error {
	err := error(nil)
	if intercept.Supervised() || h.Getenv(intercept.SocketVariable) != "" {
		err = intercept.ErrInside
	}
	if sessions, failed := session.Records(h.Getenv, ""); failed == nil {
		dirs := make([]string, len(sessions))
		for i := range sessions {
			dirs[i] = sessions[i].Dir
		}
		if refused := watch.Outside(dirs); refused != nil {
			err = refused // asked in any case: the session journals the attempt
		}
	}
	if err != nil {
		return session.Hint(fmt.Errorf("%s is not for the inside of a session: %w", c.Command.HelpName, err), "run it in a terminal of your own")
	}
	return nil
}

// humanOnlyFor is humanOnly for a verb that may also be asked for something harmless.
func (h *host) humanOnlyFor(changes func(c *cli.Context) bool) cli.BeforeFunc {
	return func(c *cli.Context) error {
		if changes(c) {
			return h.humanOnly(c)
		}
		return nil
	}
}
