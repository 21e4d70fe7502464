#!/bin/sh
# Rebuilds dist/ from src/. Needs node and npm; the program itself needs neither.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent --ignore-scripts
node build.mjs
