package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"restrain/agent"
	"restrain/classify"
	"restrain/report"
	"restrain/session"
)

// Completion scripts are written out from the verbs and options. They call
// restrain only for the list of kept steps, and never with words of the line: a
// Tab in "restrain -- AGENT" must not start an agent.

func completionCommand(h *host) *cli.Command {
	shells := []struct {
		name, install string
		write         func(io.Writer, []completedVerb)
	}{
		{"bash", `eval "$(restrain completion bash)"   in ~/.bashrc`, bashCompletion},
		{"zsh", `source <(restrain completion zsh)    in ~/.zshrc, after compinit`, zshCompletion},
		{"fish", `restrain completion fish | source    in ~/.config/fish/config.fish`, fishCompletion},
	}
	command := &cli.Command{
		Name:  "completion",
		Usage: "print the completion of a shell: bash, zsh or fish",
	}
	for _, shell := range shells {
		command.Description += "   " + shell.install + "\n"
		command.Subcommands = append(command.Subcommands, &cli.Command{
			Name: shell.name, Usage: "print the completion for " + shell.name, OnUsageError: wrongUsage,
			Description: "   " + shell.install,
			Action: func(c *cli.Context) error {
				var text strings.Builder
				shell.write(&text, completedVerbs(c.App))
				_, err := io.WriteString(h.Stdout, text.String())
				return err
			},
		})
	}
	command.Description = strings.TrimRight(command.Description, "\n")
	return command
}

// A completedVerb is what can follow a verb, or "rules list"; the empty path is
// restrain itself.
type completedVerb struct {
	path     string
	usage    string
	verbs    []completedWord
	flags    []completedWord
	args     []string // what it takes, where there is only so much
	sessions bool     // takes a session's id
	kept     bool     // takes a kept step's id
}

type completedWord struct {
	word, usage string
	value       bool     // the word after it is its value
	choices     []string // of the value, where there are only so many
}

// argsOf lists the agents that a verb takes.
func argsOf(path string) []string {
	switch path {
	case "init", "doctor":
		return agent.Names()
	case "hook":
		return agent.Hooks()
	}
	return nil
}

// choicesOf lists the values of a verb's option.
func choicesOf(path, flag string) []string {
	switch {
	case flag == "--on-ask":
		return []string{session.OnAskDeny, session.OnAskAllow, session.OnAskFailFast}
	case flag == "--format" && path == "report":
		return report.Formats()
	case flag == "--persona":
		var ids []string
		for _, persona := range classify.Shipped().Personas {
			ids = append(ids, persona.ID)
		}
		return ids
	}
	return nil
}

func completedVerbs(app *cli.App) []completedVerb {
	list := []completedVerb{{verbs: wordsOf(app.VisibleCommands()), flags: flagsOf("", app.VisibleFlags())}}
	var add func(prefix string, commands []*cli.Command)
	add = func(prefix string, commands []*cli.Command) {
		for _, command := range commands {
			if command.Hidden || command.Name == "help" {
				continue
			}
			verb := completedVerb{
				path: prefix + command.Name, usage: command.Usage,
				verbs: wordsOf(command.Subcommands), flags: flagsOf(prefix+command.Name, command.VisibleFlags()),
				args: argsOf(prefix + command.Name), sessions: strings.Contains(command.ArgsUsage, "SESSION"), kept: strings.Contains(command.ArgsUsage, "STEP"),
			}
			list = append(list, verb)
			add(verb.path+" ", command.Subcommands)
		}
	}
	add("", app.VisibleCommands())
	return list
}

func wordsOf(commands []*cli.Command) []completedWord {
	var words []completedWord
	for _, command := range commands {
		if !command.Hidden && command.Name != "help" {
			words = append(words, completedWord{word: command.Name, usage: command.Usage})
		}
	}
	return words
}

func flagsOf(path string, flags []cli.Flag) []completedWord {
	var words []completedWord
	for _, flag := range flags {
		_, isBool := flag.(*cli.BoolFlag)
		usage := ""
		if documented, ok := flag.(cli.DocGenerationFlag); ok {
			_, usage = valueName(documented.GetUsage())
		}
		for _, name := range flag.Names() {
			if len(name) > 1 { // one letter is typed, not completed
				words = append(words, completedWord{"--" + name, usage, !isBool, choicesOf(path, "--"+name)})
			}
		}
	}
	return words
}

func joined(words []completedWord, only func(completedWord) bool) string {
	var list []string
	for _, w := range words {
		if only == nil || only(w) {
			list = append(list, w.word)
		}
	}
	return strings.Join(list, " ")
}

// choices are the options that have some, as OPTION=VALUE,VALUE.
func choices(flags []completedWord) string {
	var list []string
	for _, flag := range flags {
		if len(flag.choices) > 0 {
			list = append(list, flag.word+"="+strings.Join(flag.choices, ","))
		}
	}
	return strings.Join(list, " ")
}

func takesValue(w completedWord) bool { return w.value }

// sessionIDs lists the sessions, in the words of a POSIX shell. An agent may
// have made a directory there, and bash expands what it completes with.
const sessionIDs = `ls -t "${XDG_STATE_HOME:-$HOME/.local/state}/restrain/sessions" 2>/dev/null | LC_ALL=C grep -x "[A-Za-z0-9._-]*"`

// keptSteps lists the kept steps: an id, a tab, and the command in plain text.
const keptSteps = `command restrain undo --words 2>/dev/null`

// sessionFlagWord is the option whose value is the id of a session.
const sessionFlagWord = "--session"

// bashCompletion writes a function that walks over the words so far. What
// stands behind -- is the agent's own command line.
func bashCompletion(w io.Writer, verbs []completedVerb) {
	fmt.Fprint(w, `# bash completion for restrain
_restrain() {
  local cur=${COMP_WORDS[COMP_CWORD]} verb= i word words= args= values= choices= sessions= kept=
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == -- ]]; then
      if declare -F _command_offset >/dev/null; then
        _command_offset $((i + 1))
      elif ((i + 1 == COMP_CWORD)); then
        COMPREPLY=($(compgen -c -- "$cur"))
      fi
      return
    fi
    _restrain_words "$verb"
    if [[ $word == -* ]]; then
      [[ " $values " == *" $word "* ]] && ((i++))
    elif [[ " $words " == *" $word "* ]]; then
      verb=${verb:+$verb }$word
    fi
  done
  if ((i > COMP_CWORD)); then
    if [[ ${COMP_WORDS[COMP_CWORD-1]} == `+sessionFlagWord+` ]]; then
      COMPREPLY=($(compgen -W "$(`+sessionIDs+`)" -- "$cur"))
    fi
    for word in $choices; do
      [[ $word == "${COMP_WORDS[COMP_CWORD-1]}="* ]] || continue
      word=${word#*=}
      COMPREPLY=($(compgen -W "${word//,/ }" -- "$cur"))
    done
    return
  fi
  _restrain_words "$verb"
  [[ $sessions ]] && words+=" $(`+sessionIDs+`)"
  [[ $kept ]] && words+=" $(`+keptSteps+` | cut -f1)"
  words+=" $args"
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_restrain_words() {
  words= args= values= choices= sessions= kept=
  case $1 in
`)
	for _, v := range verbs {
		words := strings.TrimSpace(joined(v.verbs, nil) + " " + joined(v.flags, nil))
		fmt.Fprintf(w, "  '%s') words='%s' args='%s' values='%s' choices='%s'", v.path, words,
			strings.Join(v.args, " "), joined(v.flags, takesValue), choices(v.flags))
		if v.sessions {
			fmt.Fprint(w, " sessions=yes")
		}
		if v.kept {
			fmt.Fprint(w, " kept=yes")
		}
		fmt.Fprintln(w, " ;;")
	}
	fmt.Fprint(w, "  esac\n}\ncomplete -o default -F _restrain restrain\n")
}

// zshCompletion is bash's walk with zsh's arrays and descriptions.
func zshCompletion(w io.Writer, verbs []completedVerb) {
	fmt.Fprint(w, `#compdef restrain
_restrain() {
  local verb= i word sessions kept
  local -a words_here options_here args values choices
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    if [[ $word == -- ]]; then
      shift $i words
      ((CURRENT -= i))
      _normal
      return
    fi
    _restrain_words "$verb"
    if [[ $word == -* ]]; then
      (($values[(Ie)$word])) && ((i++))
    elif ((${words_here[(I)${(b)word}:*]})); then
      verb=${verb:+$verb }$word
    fi
  done
  if ((i > CURRENT)); then
    word=${choices[(r)$words[CURRENT-1]=*]}
    if [[ $words[CURRENT-1] == `+sessionFlagWord+` ]]; then
      compadd -- ${(f)"$(`+sessionIDs+`)"}
    elif [[ -n $word ]]; then
      compadd -- ${(s:,:)word#*=}
    else
      _files
    fi
    return
  fi
  _restrain_words "$verb"
  words_here+=($args)
  [[ -n $sessions ]] && words_here+=(${(f)"$(`+sessionIDs+`)"})
  [[ -n $kept ]] && words_here+=(${${(f)"$(`+keptSteps+`)"}/$'\t'/:})
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o option options_here
  elif (($#words_here)); then
    _describe -t restrain restrain words_here
  else
    _files
  fi
}
_restrain_words() {
  words_here=() options_here=() args=() values=() choices=() sessions= kept=
  case $1 in
`)
	for _, v := range verbs {
		fmt.Fprintf(w, "  '%s') words_here=(%s) options_here=(%s", v.path, described(v.verbs), described(v.flags))
		fmt.Fprintf(w, ") args=(%s) values=(%s) choices=(%s)", strings.Join(v.args, " "), joined(v.flags, takesValue), choices(v.flags))
		if v.sessions {
			fmt.Fprint(w, " sessions=yes")
		}
		if v.kept {
			fmt.Fprint(w, " kept=yes")
		}
		fmt.Fprintln(w, " ;;")
	}
	fmt.Fprint(w, "  esac\n}\ncompdef _restrain restrain\n")
}

// described writes words with their meanings as zsh's _describe takes them.
func described(words []completedWord) string {
	var list []string
	for _, word := range words {
		list = append(list, shellQuote(word.word+":"+strings.ReplaceAll(word.usage, ":", `\:`)))
	}
	return strings.Join(list, " ")
}

// fishCompletion writes one line for each word, with the verbs before it as its
// condition.
func fishCompletion(w io.Writer, verbs []completedVerb) {
	fmt.Fprint(w, `# fish completion for restrain
function __restrain_at
    set -l verbs
    set -l value no
    for word in (commandline -opc)[2..-1]
        test "$word" = -- && return 1
        if test $value = yes
            set value no
        else if contains -- $word `+valueFlags(verbs)+`
            set value yes
        else if not string match -q -- '-*' $word
            set -a verbs $word
        end
    end
    test $value = no -a "$verbs" = "$argv"
end
function __restrain_value
    set -l words (commandline -opc)
    test "$words[-1]" = $argv[1]; or return 1
    contains -- -- $words; and return 1
    test (count $argv) = 1; or contains -- $argv[2] $words
end
function __restrain_sessions
    sh -c '`+sessionIDs+`'
end
function __restrain_kept
    `+keptSteps+`
end
complete -c restrain -f -n '__restrain_value `+sessionFlagWord+`' -a '(__restrain_sessions)'
function __restrain_agent
    contains -- -- (commandline -opc)
end
complete -c restrain -n __restrain_agent -xa '(__fish_complete_subcommand --commandline (string replace -r "^.*? -- " "" -- (commandline -cp)))'
`)
	for _, v := range verbs {
		condition := shellQuote("__restrain_at " + v.path)
		for _, word := range v.verbs {
			fmt.Fprintf(w, "complete -c restrain -f -n %s -a %s -d %s\n", condition, word.word, shellQuote(word.usage))
		}
		for _, flag := range v.flags {
			requires := ""
			if flag.value {
				requires = " -r"
			}
			if len(flag.choices) > 0 {
				verb, _, _ := strings.Cut(v.path, " ")
				value := shellQuote(strings.TrimSpace("__restrain_value " + flag.word + " " + verb))
				fmt.Fprintf(w, "complete -c restrain -f -n %s -a %s\n", value, shellQuote(strings.Join(flag.choices, " ")))
			}
			fmt.Fprintf(w, "complete -c restrain -n %s -l %s%s -d %s\n", condition, strings.TrimPrefix(flag.word, "--"), requires, shellQuote(flag.usage))
		}
		if len(v.args) > 0 {
			fmt.Fprintf(w, "complete -c restrain -f -n %s -a %s\n", condition, shellQuote(strings.Join(v.args, " ")))
		}
		if v.sessions {
			fmt.Fprintf(w, "complete -c restrain -f -n %s -a '(__restrain_sessions)'\n", condition)
		}
		if v.kept {
			fmt.Fprintf(w, "complete -c restrain -f -n %s -a '(__restrain_kept)'\n", condition)
		}
	}
}

// valueFlags are the options of all verbs whose value is the next word.
func valueFlags(verbs []completedVerb) string {
	var list []string
	for _, v := range verbs {
		list = append(list, strings.Fields(joined(v.flags, takesValue))...)
	}
	slices.Sort(list)
	return strings.Join(slices.Compact(list), " ")
}

// shellQuote writes a text so that the three shells read it as one plain word.
func shellQuote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", "’") + "'"
}
