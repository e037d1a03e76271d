package shellparse

import (
	"strings"
	"testing"
)

// A command below more wrappers than are taken off is not read, and that is said.
func TestManyWrappers(t *testing.T) {
	for _, wrapper := range []string{"sudo ", "env ", "nohup ", "timeout 5 ", "nice ", "command "} {
		for _, n := range []int{1, maxWrappers, maxWrappers + 1, maxWrappers + 2, 1000} {
			s := Parse(strings.Repeat(wrapper, n)+"rm -r x", Options{Dir: "/w"})
			switch few := n <= maxWrappers; {
			case few && (s.Limit != "" || show(s) != "rm|-r|x"), !few && s.Limit == "":
				t.Errorf("%d × %s: limit %q, %.200s", n, wrapper, s.Limit, show(s))
			}
		}
	}
}
