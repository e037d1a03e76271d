# Written by restrain for one session: asks before an open zsh does by itself
# what no exec shows: redirections, and builtins that read, end or undo.
#
# The DEBUG trap sees each command before any of it runs, redirections of
# compound commands included, and again what is in it.
if (( ! ${+functions[__restrain_step]} )); then

typeset -gi __restrain_id=0 # counts the lines typed
typeset -g __restrain_asked= # the text that was asked about last
typeset -g __restrain_gone=  # that the session is over was said

# __restrain_matters TEXT: whether it is to be asked about.
__restrain_matters() {
	emulate -L zsh
	local text=$1
	text=${text//>&[0-9-]/} text=${text//> \/dev\/null/}
	[[ $text == *[\<\>]* || $text == [\$\\\"\'\`]* || $text == *(__restrain|TRAPDEBUG|DEBUG_BEFORE_CMD|DEBUG|ZDOTDIR)* ]] ||
		[[ " $text " =~ '[[:space:];&|({!][\"'\'']*(@BUILTINS@)["'\'']*[[:space:];&|)]' ]]
}

# __restrain_ask TEXT $0 $1 …: the verdict. The variables that TEXT names go
# along in the environment.
__restrain_ask() {
	emulate -L zsh
	local said result
	said=$(
		trap - DEBUG
		rest=$1
		while [[ $rest =~ '\$\{?([A-Za-z_][A-Za-z0-9_]*)(.*)$' ]]; do
			rest=$match[2]
			[[ ${(Pt)match[1]} == scalar* || ${(Pt)match[1]} == integer* ]] && typeset -gx $match[1]
		done 2>/dev/null
		@ASK@ zsh $$ $__restrain_id "$@" 2>&1 </dev/null
	)
	result=$?
	if (( result )); then
		if [[ $said == restrain:* ]]; then
			print -ru2 -- ${said%%$'\n'*}
		elif [[ -z $__restrain_gone ]]; then
			print -ru2 -- @GONE@
			__restrain_gone=yes
		fi
	fi
	return $result
}

# __restrain_step TEXT $0 $1 …: the DEBUG trap's part.
__restrain_step() {
	emulate -L zsh
	local text=$1
	case ${funcstack[2]-} in __restrain_*) return 0 ;; esac
	if (( ${+functions[__restrain_theirs]} )); then __restrain_theirs; fi
	if (( ${#funcstack} > 1 )) || ! @ALL@; then
		__restrain_matters $text || return 0
	fi
	if [[ $text != *[\$\`]* && ${#funcstack} -eq 1 && -n $__restrain_asked && $__restrain_asked == *$text* ]]; then
		return 0 # no plainer than in the line around it
	fi
	if (( ${#funcstack} == 1 )); then __restrain_gone=; fi # each line that is refused is told so
	if __restrain_ask "$@"; then
		if (( ${#funcstack} == 1 )); then __restrain_asked=$text; fi
		return 0
	fi
	if [[ ! -o interactive ]] || (( ZSH_SUBSHELL )); then
		exit 126
	fi
	kill -INT $$ # as Ctrl-C: nothing more of the line runs
	return 1
}

__restrain_typed() {
	(( ++__restrain_id ))
	__restrain_asked=
}

if (( ${+functions[TRAPDEBUG]} )); then
	functions[__restrain_theirs]=$functions[TRAPDEBUG]
fi
if [[ -o interactive ]]; then
	preexec_functions+=(__restrain_typed)
fi
setopt DEBUG_BEFORE_CMD
trap '__restrain_step "$ZSH_DEBUG_CMD" "$0" "$@" || setopt errexit' DEBUG
fi
