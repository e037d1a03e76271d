#!/bin/sh
# Written by restrain init cline; restrain init --remove cline takes it away.
# Cline calls it before it uses a tool. Whatever goes wrong, the tool is not used.
if answer=$(@RESTRAIN@ hook cline) && [ -n "$answer" ]; then
	printf '%s\n' "$answer"
else
	printf '%s\n' '{"cancel":true,"errorMessage":"restrain: denied: restrain could not be started; tell the user"}'
fi
