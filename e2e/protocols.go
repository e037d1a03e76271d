package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// This file is the protocols: how results stand in a request, and how a call
// or a text stands in an answer. Sources: the providers' API references for
// Messages, Chat Completions, Responses and generateContent.

func encoded(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	out, _ := json.Marshal(v)
	return string(out)
}

func (m *Model) anthropic(w http.ResponseWriter, request object) {
	var results []string
	for _, message := range objects(request["messages"]) {
		for _, block := range objects(message["content"]) {
			if block["type"] == "tool_result" {
				results = append(results, encoded(block["content"]))
			}
		}
	}
	c, say := m.next(toolsOf(request), results)
	block := object{"type": "text", "text": say}
	start, delta, stop := object{"type": "text", "text": ""}, object{"type": "text_delta", "text": say}, "end_turn"
	if c.tool != "" {
		block = object{"type": "tool_use", "id": "toolu_" + c.id, "name": c.tool, "input": c.args}
		start = object{"type": "tool_use", "id": "toolu_" + c.id, "name": c.tool, "input": object{}}
		delta, stop = object{"type": "input_json_delta", "partial_json": encoded(c.args)}, "tool_use"
	}
	message := object{
		"id": "msg_" + c.id, "type": "message", "role": "assistant", "model": request["model"], "content": []any{},
		"stop_reason": nil, "stop_sequence": nil, "usage": object{"input_tokens": 10, "output_tokens": 1},
	}
	if request["stream"] != true {
		message["content"], message["stop_reason"] = []any{block}, stop
		writeJSON(w, message)
		return
	}
	stream(w,
		object{"type": "message_start", "message": message},
		object{"type": "content_block_start", "index": 0, "content_block": start},
		object{"type": "content_block_delta", "index": 0, "delta": delta},
		object{"type": "content_block_stop", "index": 0},
		object{"type": "message_delta", "delta": object{"stop_reason": stop, "stop_sequence": nil}, "usage": object{"output_tokens": 5}},
		object{"type": "message_stop"})
}

func (m *Model) chat(w http.ResponseWriter, request object) {
	var results []string
	for _, message := range objects(request["messages"]) {
		if message["role"] == "tool" {
			results = append(results, encoded(message["content"]))
		}
	}
	c, say := m.next(toolsOf(request), results)
	message, reason := object{"role": "assistant", "content": say}, "stop"
	if c.tool != "" {
		message = object{"role": "assistant", "content": nil, "tool_calls": []any{object{
			"index": 0, "id": c.id, "type": "function", "function": object{"name": c.tool, "arguments": encoded(c.args)},
		}}}
		reason = "tool_calls"
	}
	usage := object{"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
	answer := func(kind string, choices ...any) object {
		return object{"id": "chatcmpl-" + c.id, "created": 1, "model": request["model"], "object": kind, "choices": choices}
	}
	if request["stream"] != true {
		whole := answer("chat.completion", object{"index": 0, "message": message, "finish_reason": reason})
		whole["usage"] = usage
		writeJSON(w, whole)
		return
	}
	const chunk = "chat.completion.chunk"
	last := answer(chunk)
	last["choices"], last["usage"] = []any{}, usage
	stream(w, answer(chunk, object{"index": 0, "delta": message, "finish_reason": nil}),
		answer(chunk, object{"index": 0, "delta": object{}, "finish_reason": reason}), last)
	_, _ = w.Write([]byte("data: [DONE]\n\n"))
}

func (m *Model) responses(w http.ResponseWriter, request object) {
	var results []string
	for _, item := range objects(request["input"]) {
		if strings.HasSuffix(text(item["type"]), "_call_output") {
			results = append(results, encoded(item["output"]))
		}
	}
	c, say := m.next(toolsOf(request), results)
	part := object{"type": "output_text", "text": say, "annotations": []any{}}
	item := object{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": []any{part}}
	switch {
	case c.kind == "local_shell":
		item = object{"type": "local_shell_call", "id": "ls_" + c.id, "call_id": c.id, "status": "completed",
			"action": object{"type": "exec", "command": []any{"bash", "-lc", c.args["command"]}, "env": object{}}}
	case c.tool != "":
		item = object{"type": "function_call", "id": "fc_" + c.id, "call_id": c.id, "name": c.tool, "arguments": encoded(c.args), "status": "completed"}
		if namespace, ok := strings.CutPrefix(c.kind, "namespace:"); ok {
			item["namespace"] = namespace
		}
	}
	whole := func(status string, output ...any) object {
		return object{"id": "resp_" + c.id, "object": "response", "created_at": 1, "model": request["model"], "status": status, "output": output,
			"usage": object{"input_tokens": 10, "input_tokens_details": object{"cached_tokens": 0}, "output_tokens": 5,
				"output_tokens_details": object{"reasoning_tokens": 0}, "total_tokens": 15}}
	}
	completed := whole("completed", item)
	if request["stream"] != true {
		writeJSON(w, completed)
		return
	}
	events := []object{{"type": "response.created", "response": whole("in_progress")},
		{"type": "response.output_item.added", "output_index": 0, "item": item}}
	if c.tool == "" {
		events = append(events, object{"type": "response.output_text.delta", "item_id": item["id"], "output_index": 0, "content_index": 0, "delta": say})
	}
	events = append(events, object{"type": "response.output_item.done", "output_index": 0, "item": item},
		object{"type": "response.completed", "response": completed})
	for n := range events {
		events[n]["sequence_number"] = n
	}
	stream(w, events...)
}

func (m *Model) gemini(w http.ResponseWriter, request object, streamed bool) {
	var results []string
	for _, content := range objects(request["contents"]) {
		for _, part := range objects(content["parts"]) {
			if response := part["functionResponse"]; response != nil {
				results = append(results, encoded(objectOf(response)["response"]))
			}
		}
	}
	c, say := m.next(toolsOf(request), results)
	if config := objectOf(request["generationConfig"]); c.tool == "" && config["responseMimeType"] == "application/json" {
		// Its own questions about the conversation want JSON; each takes from this what it knows.
		say = `{"title":"t","next_speaker":"user","reasoning":"r","model_choice":"flash","complexity_reasoning":"r","complexity_score":1}`
	}
	part := object{"text": say}
	if c.tool != "" {
		part = object{"functionCall": object{"id": c.id, "name": c.tool, "args": c.args}}
	}
	answer := object{
		"candidates":    []any{object{"content": object{"role": "model", "parts": []any{part}}, "finishReason": "STOP", "index": 0}},
		"usageMetadata": object{"promptTokenCount": 10, "candidatesTokenCount": 5, "totalTokenCount": 15}, "modelVersion": modelName, "responseId": "r",
	}
	if streamed {
		stream(w, answer)
		return
	}
	writeJSON(w, answer)
}
