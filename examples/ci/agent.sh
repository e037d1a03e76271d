#!/bin/sh
# A scripted agent as a pipeline runs it: it builds, publishes a preview, and then goes too far.
# Guarded: restrain --ci -- ./ci/agent.sh   (here an unapproved push over main is denied, and it goes on)
mkdir -p build
echo "built from $(git rev-parse --short HEAD)" > build/app
cat build/app
rm -rf build
git push --quiet --force origin HEAD:preview && echo "the preview is published"
git push --quiet --force origin HEAD:main && echo "main was overwritten"
echo "the agent is done"
