# Written by restrain for one session: asks before an open bash does by itself
# what no exec shows: redirections, and builtins that read, end or undo.
#
# PS0 asks about the line as it was typed, before any of it runs. A DEBUG trap
# asks about each command that is plainer now than it was in the line: in
# functions and files, with variables, and where PS0 does not know the line.
# PS0 stands in the environment, so that it also asks, and reads this file, in a
# shell whose own files have set PROMPT_COMMAND.
if ! declare -F __restrain_step >/dev/null &&
	((BASH_VERSINFO[0] > 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] > 3)); then

__restrain_gone=   # that the session is over was said
__restrain_here=   # this file was read
__restrain_at=0    # the command number that PS0 saw
__restrain_line=   # and what it found: 1 asked, 2 has a pipe, 4 × the number in the history
__restrain_id=0    # the command number that is being run
__restrain_on=     # the trap has run for this prompt
__restrain_no=0    # how often something was refused since its line was typed
__restrain_due=0   # the command number whose refusal its status does not tell yet
__restrain_ended=0 # the last one that was ended for this

# __restrain_matters TEXT: whether it is to be asked about.
__restrain_matters() {
	local text=$1
	text=${text//>&[0-9-]/} text=${text//> \/dev\/null/} text=${text//>\/dev\/null/}
	[[ $text == *[\<\>]* || $text == [\$\\\"\'\`]* || $text == *@(__restrain|PS0|PROMPT_COMMAND|DEBUG|extdebug|functrace)* ]] ||
		[[ " $text " =~ [[:space:]\;\&\|\(\{\!][\\\"\']*(@BUILTINS@)[\"\']*[[:space:]\;\&\|\)] ]]
}

# __restrain_ask ID TEXT $0 $1 …: the verdict. The variables that TEXT names go
# along in the environment.
__restrain_ask() {
	local said status
	said=$(
		trap -- - DEBUG
		rest=$2
		while [[ $rest =~ \$\{?([A-Za-z_][A-Za-z0-9_]*)(.*)$ ]]; do
			rest=${BASH_REMATCH[2]}
			export -- "${BASH_REMATCH[1]}"
		done 2>/dev/null
		@ASK@ bash "$$" "$@" 2>&1 </dev/null
	)
	status=$?
	case $status,$said in
	0,*) ;;
	*,restrain:*) printf '%s\n' "${said%%$'\n'*}" >&2 ;;
	*) if [[ -z $__restrain_gone ]]; then printf '%s\n' @GONE@ >&2; fi
		__restrain_gone=yes ;;
	esac
	return "$status"
}

# __restrain_typed: PS0's part, in a subshell. Prints the next __restrain_line.
__restrain_typed() {
	set +eux
	__restrain_gone= # each line that is refused is told so
	local entry text pipe=0
	entry=$(HISTTIMEFORMAT= && history 1)
	[[ $entry =~ ^\ *([0-9]+)[\ *]\ (.*)$ ]] || { printf 0; return; }
	entry=${BASH_REMATCH[1]} text=${BASH_REMATCH[2]}
	if [[ $text == *'|'* ]]; then pipe=2; fi
	if ((entry == ${__restrain_line:-0} / 4)); then # it was not recorded
		printf '%d' $((entry * 4 + 2))
	elif ! @ALL@ && ! __restrain_matters "$text"; then
		printf '%d' $((entry * 4 + pipe))
	elif __restrain_ask "$1" "$text" "$0"; then
		printf '%d' $((entry * 4 + pipe + 1))
	else
		printf '%d' $((entry * 4 + pipe))
		kill -INT $$ # as Ctrl-C: nothing of the line runs
	fi
}

# __restrain_step $0 $1 … $_: the DEBUG trap's part. The last parameter is there
# to be the last, so that $_ stays what it is.
__restrain_step() {
	local - number='\#' id=0 text=$BASH_COMMAND
	set +eux
	case ${FUNCNAME[1]-},$BASH_SUBSHELL,$text in
	*,__restrain_prompt) __restrain_on=yes && return 0 ;;
	__restrain_prompt,* | __restrain_settle,* | *,'declare -F __restrain_prompt > /dev/null' | *,[1-9]*,'trap -- - DEBUG')
		return 0 # our own
		;;
	esac
	set -- "${@:1:$#-1}"
	if [[ $- == *i* ]]; then
		id=${number@P}
		if ((id != __restrain_id)); then
			__restrain_id=$id __restrain_no=0
		fi
		if ((__restrain_no > 0)); then # nothing more of a line of which a part was refused
			if ((++__restrain_no > 64)); then kill -INT $$; fi # it loops
			return 1
		fi
	fi
	__restrain_matters "$text" || return 0
	if ((__restrain_at == id && __restrain_line & 1 && ${#FUNCNAME[@]} == 1)) && [[ $text != *[\$\`]* ]]; then
		return 0 # no plainer than in the line
	fi
	if __restrain_ask "$id" "$text" "$@"; then
		return 0
	fi
	if [[ $- != *i* ]] || ((BASH_SUBSHELL > 0)); then
		exit 126
	fi
	__restrain_no=1
	if ((__restrain_at == id && (__restrain_line & 2) == 0 && ${#FUNCNAME[@]} == 1)); then
		kill -INT $$ # not inside a pipeline, whose processes have the terminal
	elif [[ -z $__restrain_gone ]] && ((__restrain_ended != id)); then
		__restrain_due=$id
	fi
	return 1
}

# __restrain_settle: puts back what the user's own prompt or trap has replaced.
__restrain_settle() {
	local - theirs list
	set +eux
	if [[ $- == *i* ]]; then
		if [[ ${PS0-} != *__restrain_typed* ]]; then
			PS0=@PS0@${PS0-}
		fi
		if [[ -z $__restrain_line ]]; then
			__restrain_line=0
			if [[ $(HISTTIMEFORMAT= && history 1) =~ ^\ *([0-9]+) ]]; then
				__restrain_line=$((BASH_REMATCH[1] * 4))
			fi
		fi
		# A line that is repeated must be in the history as one that is new.
		if [[ ${HISTCONTROL-} == *@(ignoreboth|ignoredups|erasedups)* ]]; then
			list=${HISTCONTROL//ignoreboth/ignorespace} list=${list//ignoredups/}
			HISTCONTROL=${list//erasedups/}
		fi
	fi
	if [[ -z $__restrain_on ]]; then # it has gone, or is not there yet
		theirs=$(trap -p DEBUG)
		eval "set -- ${theirs#trap -- }"
		trap -- "${1:+$1$'\n'}__restrain_step \"\$0\" \"\$@\" \"\$_\"" DEBUG
	fi
}

__restrain_prompt() {
	__restrain_settle
	__restrain_on=
	__restrain_no=0
	if ((__restrain_due && __restrain_due == __restrain_id)); then
		__restrain_ended=$__restrain_due __restrain_due=0
		kill -INT $$ # as Ctrl-C, now that the rest of the line is over
	fi
	if [[ $- != *i* ]]; then
		set -T # functions have the trap too
	elif ! shopt -q extdebug || [[ $- != *T* ]]; then
		shopt -s extdebug # that, and the trap may refuse
		set +E
	fi
}

readonly -f __restrain_matters __restrain_ask __restrain_typed __restrain_step __restrain_settle __restrain_prompt
if [[ $- == *i* && ${PROMPT_COMMAND[*]-} != *@FILE@* && ${PROMPT_COMMAND@a} != *r* ]]; then
	export -n PROMPT_COMMAND
	if [[ ${PROMPT_COMMAND@a} == *a* ]]; then
		PROMPT_COMMAND+=(__restrain_prompt)
	else
		PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__restrain_prompt
	fi
fi
fi
if declare -F __restrain_prompt >/dev/null; then
	__restrain_prompt
fi
