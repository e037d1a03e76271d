package prompt

import "context"

// CI is the Asker where nobody can be asked: it denies.
type CI struct{}

// Ask denies r.
func (CI) Ask(context.Context, Request) (Answer, error) { return denied("ci"), nil }
