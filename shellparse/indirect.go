package shellparse

import (
	"strings"
)

// AnyVariable is what a word depends on that holds the value of one variable
// after the other: for v in $(compgen -e); do echo "${!v}"; done.
const AnyVariable = "${!*}"

// listsVariables reports a word that is one of the names of all variables.
func listsVariables(w Word) bool {
	for _, note := range w.Unknown {
		for _, lister := range [...]string{"compgen -e", "compgen -v", "compgen -A", "$(env", "$(printenv", "$(declare -p", "$(set)", "$(export -p"} {
			if strings.Contains(note, lister) {
				return true
			}
		}
	}
	return false
}
