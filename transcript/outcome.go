package transcript

import (
	"strconv"
	"strings"
)

// A result is what a record says of a command that was started.
type result struct {
	outcome Outcome
	status  int // -1 when not recorded
}

var unknown = result{Unknown, -1}

// exited is the result of a command with an exit status.
func exited(status int) result {
	if status == 0 {
		return result{Succeeded, 0}
	}
	return result{Failed, status}
}

// maxScan is how much of the beginning of an output is looked at, in bytes:
// agents put exit statuses and refusals there.
const maxScan = 2048

// statusWords begin the line on which agents write an exit status. Case counts.
var statusWords = [...]string{
	"Exit code ", "Exit code: ", "Exit Code: ", "Error: Exit code ",
	"Process exited with code ", "Command failed with exit code ", "Command exited with code ",
	"[The command completed with exit code ", "[Command finished with exit code ",
	"<returncode>",
}

// deniedWords begin, or stand near the beginning of, what an agent is told in
// place of the output of a command that was not allowed to run.
var deniedWords = [...]string{
	"The user doesn't want to proceed with this tool use",
	"The user doesn't want to take this action",
	"Permission to use ",
	"Permission for this action has been denied",
	"This command requires approval",
	"This Bash command contains multiple operations.",
	"requested permissions to use ",
	"rejected by user",
	"User rejected",
	"user rejected",
	`message: "Rejected(`,
	"hook error:",
	"restrain: denied:",
	"[Request interrupted by user for tool use]",
	"The user has skipped the command",
}

// readOutput finds what an output says of its command's outcome. failed is
// what the record itself says besides.
func readOutput(text string, failed bool) result {
	head := text[:min(len(text), maxScan)]
	if failed || strings.HasPrefix(head, "restrain: denied:") {
		for _, words := range deniedWords {
			if strings.Contains(head, words) {
				return result{Denied, -1}
			}
		}
	}
	if status, ok := statusIn(head); ok {
		return exited(status)
	}
	if failed {
		return result{Failed, -1}
	}
	return unknown
}

// statusIn finds the first exit status that an agent wrote into an output.
func statusIn(text string) (status int, ok bool) {
	for line := range strings.Lines(text) {
		for _, words := range statusWords {
			if rest, found := strings.CutPrefix(line, words); found {
				return leadingNumber(rest)
			}
		}
	}
	return 0, false
}

// leadingNumber reads the number that a text begins with, of at most four
// characters: exit statuses have no more.
func leadingNumber(text string) (n int, ok bool) {
	end := 0
	for end < min(len(text), 4) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[end] == '-') {
		end++
	}
	n, err := strconv.Atoi(text[:end])
	return n, err == nil
}
