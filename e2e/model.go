package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// A Model plays a script to an agent, in the protocols of the providers. The
// n-th line of the script is asked for when the conversation has n results of
// tools, so that an agent's retries do not disturb it.
type Model struct {
	lines []string // shell lines; after the last one it says finished

	mu      sync.Mutex
	results []string // of each line, as the agent told it
}

const finished = "SCRIPT-FINISHED"

// A call is what the model wants: a shell line, or that it has finished.
type call struct {
	id, tool string
	args     map[string]any
	kind     string
}

func (m *Model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	request, err := requestBody(r)
	if r.Method != http.MethodPost || err != nil {
		writeJSON(w, map[string]any{"object": "list", "data": []any{map[string]any{"id": modelName, "object": "model"}}, "models": []any{}})
		return
	}
	switch path := r.URL.Path; {
	case strings.HasSuffix(path, "/messages"):
		m.anthropic(w, request)
	case strings.HasSuffix(path, "/chat/completions"):
		m.chat(w, request)
	case strings.HasSuffix(path, "/responses"):
		m.responses(w, request)
	case strings.Contains(path, ":generateContent"), strings.Contains(path, ":streamGenerateContent"):
		m.gemini(w, request, strings.Contains(path, ":stream"))
	case strings.Contains(path, "count"):
		writeJSON(w, map[string]any{"input_tokens": 10, "totalTokens": 10})
	default:
		writeJSON(w, map[string]any{})
	}
}

const modelName = "scripted"

// An object is a JSON object of a request.
type object = map[string]any

func requestBody(r *http.Request) (object, error) {
	body := io.Reader(r.Body)
	if r.Header.Get("Content-Encoding") == "gzip" {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, err
		}
		body = unzipped
	}
	var request object
	err := json.NewDecoder(io.LimitReader(body, 64<<20)).Decode(&request)
	return request, err
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// stream writes server-sent events. Those of a type carry it as their name.
func stream(w http.ResponseWriter, events ...object) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, event := range events {
		if name, ok := event["type"]; ok {
			fmt.Fprintf(w, "event: %s\n", name)
		}
		text, _ := json.Marshal(event)
		fmt.Fprintf(w, "data: %s\n\n", text)
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
	}
}

// next gives the call for a conversation with these results. A request that
// offers no shell is an agent's own (a title, a check) and gets a short text.
func (m *Model) next(tools map[string]tool, results []string) (call, string) {
	shell, ok := shellOf(tools)
	if !ok {
		return call{}, "ok"
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(results)
	if n > len(m.results) {
		m.results = append(m.results, results[len(m.results):]...)
	}
	if n >= len(m.lines) {
		return call{}, finished
	}
	t := tools[shell]
	return call{id: fmt.Sprintf("call_%d", n), tool: shell, args: t.arguments(m.lines[n]), kind: t.kind}, ""
}

// Results are the results of the lines so far.
func (m *Model) Results() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string(nil), m.results...)
}
