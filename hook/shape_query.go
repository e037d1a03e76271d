package hook

import (
	"slices"
	"strings"
)

// This file tells statements of SQL and GraphQL from prose.

// isGraphQL reports a document of GraphQL that changes something.
func isGraphQL(text string) bool {
	rest, ok := strings.CutPrefix(text, "mutation")
	if !ok {
		rest, ok = text, strings.HasPrefix(text, "fragment") || strings.HasPrefix(text, "query") || strings.HasPrefix(text, "#")
		return ok && strings.Contains(rest, "mutation") && strings.Contains(rest, "{")
	}
	if rest = strings.TrimSpace(rest); ok && len(text)-len("mutation") > len(rest) { // its own name
		rest = strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
		rest = strings.TrimSpace(rest)
	}
	return rest != "" && strings.IndexByte("{(@", rest[0]) >= 0 && strings.Contains(rest, "{")
}

// isSQL reports a statement of SQL, which prose that begins with the same verb is not.
func isSQL(text string) bool {
	for strings.HasPrefix(text, "--") || strings.HasPrefix(text, "/*") || text != "" && strings.IndexByte(" \t\r\n;(", text[0]) >= 0 {
		end := 1
		if i := strings.IndexByte(text, '\n'); text[0] == '-' {
			end = max(i, 0) + 1
			if i < 0 {
				return false
			}
		} else if i := strings.Index(text, "*/"); text[0] == '/' {
			if i < 0 {
				return false
			}
			end = i + 2
		}
		text = text[end:]
	}
	words := strings.Fields(strings.ToUpper(text[:min(len(text), 400)]))
	if len(words) < 2 {
		return false
	}
	words[0] = strings.TrimSuffix(words[0], ";")
	has := func(list []string, all ...string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return slices.Contains(all, strings.TrimRight(w, "(;")) })
	}
	objects := []string{"TABLE", "DATABASE", "SCHEMA", "INDEX", "VIEW", "MATERIALIZED", "ROLE", "USER", "FUNCTION", "TRIGGER", "SEQUENCE", "EXTENSION", "TYPE", "POLICY", "OWNED", "PROCEDURE", "KEYSPACE"}
	switch words[0] {
	case "DELETE":
		rest := words[min(3, len(words)):]
		return words[1] == "FROM" && len(words) > 2 && (len(rest) == 0 || strings.HasSuffix(words[2], ";") || has(rest[:min(len(rest), 3)], "WHERE", "USING", "RETURNING", "ORDER", "LIMIT"))
	case "MERGE":
		return has(words, "USING") && has(words, "WHEN", "ON")
	case "USE", "SET", "BEGIN", "START", "LOCK", "COMMIT", "DECLARE", "EXPLAIN": // what stands in front of others
		return strings.HasPrefix(strings.ToUpper(text), "BEGIN;") || behindSQL(text)
	case "INSERT", "REPLACE":
		return words[1] == "INTO" && (strings.Contains(text, "(") || has(words, "VALUES", "SELECT", "USING"))
	case "UPDATE":
		return has(words[2:min(len(words), 8)], "SET")
	case "DROP", "ALTER":
		return has(words[1:2], objects...)
	case "CREATE":
		return has(words[1:min(len(words), 5)], objects...)
	case "TRUNCATE":
		return len(words) == 2 || words[1] == "TABLE" || strings.HasSuffix(words[1], ",") || strings.HasSuffix(words[1], ";") || has(words[2:], "CASCADE", "RESTART")
	case "SELECT":
		return has(words, "FROM") || has(words[1:], "PG_TERMINATE_BACKEND", "SETVAL") || behindSQL(text)
	case "WITH":
		return has(words, "AS")
	case "GRANT", "REVOKE":
		return has(words, "ON", "TO", "FROM")
	case "EXEC", "EXECUTE", "CALL", "DO":
		return strings.ContainsAny(text, "$(;@")
	}
	return false
}

// behindSQL reports a statement of SQL behind the first.
func behindSQL(text string) bool {
	const far = 4 << 10
	_, next, more := strings.Cut(text[:min(len(text), far)], ";")
	return more && isSQL(next)
}
