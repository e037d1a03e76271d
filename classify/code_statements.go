package classify

// Calls without parentheses, as Perl and Ruby have them.

// goesThrough reports that what follows at i, or what stands around it, gives the
// files: unlink glob "x", unlink for …, map { unlink } ….
func (c *codeReader) goesThrough(i int) bool {
	if !c.isName(i) {
		return c.punct(i, "}")
	}
	switch c.tokens[i].Text {
	case "for", "foreach", "if":
		return true
	case "glob":
		return !c.punct(i+1, "(")
	}
	return false
}

// removes reports a call of Ruby that removes files.
func removes(k *call) bool {
	op, _ := fileOp("ruby", k)
	return op == opDelete
}

// modifier gives where the condition or the loop begins that stands behind a
// statement of Perl, or its end.
func (c *codeReader) modifier(i, end int) int {
	for ; i < end; i++ {
		if c.isName(i) {
			switch c.tokens[i].Text {
			case "for", "foreach", "if", "unless", "or", "and", "while", "until":
				return i
			}
		}
	}
	return end
}

// isVerb reports the methods that Ruby calls without parentheses.
func isVerb(name string) bool {
	switch name {
	case "delete_all", "destroy_all", "drop", "dropDatabase", "drop_current", "rmtree":
		return true
	}
	return false
}

// statementEnd gives the end of a short run of tokens that a command without
// parentheses is given.
func (c *codeReader) statementEnd(i int) int {
	const maxTokens = 16
	for end := i + 1; end < len(c.tokens) && end < i+maxTokens; end++ {
		if c.punct(end, ";") || c.punct(end, ")") || c.punct(end, "}") {
			return end
		}
	}
	return min(i+maxTokens, len(c.tokens))
}
