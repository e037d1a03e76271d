package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"github.com/urfave/cli/v2"

	"restrain/classify"
	"restrain/gate"
	"restrain/prompt"
	"restrain/secret"
	"restrain/session"
	"restrain/trust"
)

func checkCommand(h *host) *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "judge a shell line without running it",
		ArgsUsage: "LINE",
		Description: "Exit status 0: allow, 3: ask, 4: deny, 2: wrong usage or configuration. The line is\n" +
			"looked at as the shell door does, files and git included; nothing is kept for it, so\n" +
			"what it would lose is asked about. --batch looks at the text alone.\n\n" +
			"   restrain check 'terraform destroy -auto-approve'\n" +
			"   restrain check --batch < commands.jsonl",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "answer as one JSON object"},
			&cli.BoolFlag{Name: "batch", Usage: "read JSON Lines {\"id\",\"command\",\"cwd\"} on stdin and answer each, by its text alone"},
			textOnlyFlag(),
			personaFlag(),
		},
		Action: func(c *cli.Context) error {
			policy, err := session.LoadPolicy(h.Getenv, "", c.String("persona"))
			if err != nil {
				return err
			}
			if c.Bool("batch") {
				if c.NArg() > 0 {
					return session.Usagef("check --batch takes no line: give the commands on stdin")
				}
				return checkBatch(policy, h)
			}
			if c.NArg() != 1 {
				return session.Usagef("check takes one line: quote it, as in restrain check 'rm -rf build'")
			}
			return checkLine(policy, h, checkedRequest(h, c), c.Bool("json"))
		},
	}
}

// A checked is the answer to one line, as JSON.
type checked struct {
	ID       json.RawMessage   `json:"id,omitempty"`
	Verdict  string            `json:"verdict"`
	Severity classify.Severity `json:"severity"`
	Classes  []string          `json:"classes"`
	Rules    []string          `json:"rules"`
	Reason   string            `json:"reason"`
	Outcome  gate.Outcome      `json:"outcome"`
	Kept     *gate.Kept        `json:"kept,omitempty"`
	Masked   []gate.Masked     `json:"masked,omitempty"`
}

func textOnlyFlag() cli.Flag {
	return &cli.BoolFlag{Name: "text-only", Usage: "do not look at files and git"}
}

// checkedRequest is the request of a line that was given to be judged, here.
func checkedRequest(h *host, c *cli.Context) *gate.Request {
	dir, _ := os.Getwd() // unknown is an answer
	r := &gate.Request{Door: "check", Line: c.Args().First(), Dir: dir, Home: h.Getenv("HOME")}
	if !c.Bool("text-only") {
		r.Live, r.Env = true, os.LookupEnv
	}
	return r
}

func checkLine(policy *gate.Policy, h *host, request *gate.Request, asJSON bool) error {
	j, _ := policy.Consider(policy.NewSession(), request, time.Now())
	if asJSON {
		if err := json.NewEncoder(h.Stdout).Encode(answer(&j, nil)); err != nil {
			return fmt.Errorf("cannot write the answer: %w", err)
		}
	} else {
		fmt.Fprintf(h.Stdout, "%s: %s\n", j.Outcome.Verdict(), prompt.Escape(secret.Redact(j.Reason)))
		if policy.Borrows() {
			fmt.Fprintf(h.Stdout, "persona: %s\n", prompt.Escape(policy.Persona()))
		}
	}
	return verdictStatus(j.Outcome)
}

func answer(j *gate.Judgement, id json.RawMessage) checked {
	rules := j.Rules
	if rules == nil {
		rules = []string{}
	}
	return checked{ID: id, Verdict: j.Outcome.Verdict(), Outcome: j.Outcome, Kept: j.Kept, Masked: j.Masked, Severity: j.Severity,
		Classes: gate.Classes(j.Step), Rules: rules, Reason: secret.Redact(j.Reason)}
}

func verdictStatus(o gate.Outcome) error {
	switch o {
	case gate.Ask:
		return exitStatus(exitAsk)
	case gate.Deny:
		return exitStatus(exitDeny)
	}
	return nil
}

// maxBatchLine bounds one line of a batch, in bytes: a command of 1 MB may be
// six times as long in JSON.
const maxBatchLine = 8 << 20

// batchGCPercent lets the heap grow to some 20 MB before it is collected, which
// saves an eighth of the time.
const batchGCPercent = 400

// checkBatch answers every line of stdin, in order. A line that is no request
// gets an answer too: ask.
func checkBatch(policy *gate.Policy, h *host) error {
	// Little is kept from one line to the next, and much is made for each.
	debug.SetGCPercent(batchGCPercent)
	in := bufio.NewReaderSize(h.Stdin, 1<<16)
	out := bufio.NewWriterSize(h.Stdout, 1<<16)
	encoder := json.NewEncoder(out)
	state := policy.NewSession() // each line is the first step of it
	wrong := 0
	for number := 1; ; number++ {
		line, err := readLine(in, maxBatchLine)
		if err == io.EOF {
			break
		}
		if err != nil && !errors.Is(err, errLongLine) {
			return fmt.Errorf("cannot read the commands: %w", err)
		}
		var reply checked
		if err == nil {
			reply, err = checkRequest(policy, state, line)
		}
		if err != nil {
			wrong++
			reply = checked{Verdict: gate.Ask.Verdict(), Outcome: gate.Ask, Classes: []string{}, Rules: []string{},
				Reason: fmt.Sprintf("line %d is no request: %v", number, err)}
		}
		if reply.Verdict == "" {
			continue // an empty line
		}
		if err := encoder.Encode(reply); err != nil {
			return fmt.Errorf("cannot write the answers: %w", err)
		}
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				return fmt.Errorf("cannot write the answers: %w", err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("cannot write the answers: %w", err)
	}
	if wrong > 0 {
		return session.Usagef("%d of the lines were no requests: each must be a JSON object with id and command", wrong)
	}
	return nil
}

func checkRequest(policy *gate.Policy, state *trust.Session, line []byte) (checked, error) {
	if len(bytes.TrimSpace(line)) == 0 {
		return checked{}, nil
	}
	var request struct {
		ID      json.RawMessage `json:"id"`
		Command *string         `json:"command"`
		Cwd     string          `json:"cwd"`
	}
	if err := json.Unmarshal(line, &request); err != nil {
		return checked{}, err
	}
	if request.Command == nil {
		return checked{}, errors.New(`it has no "command"`)
	}
	j, _ := policy.Consider(state, &gate.Request{Door: "check", Line: *request.Command, Dir: request.Cwd}, time.Unix(0, 0))
	return answer(&j, request.ID), nil
}
