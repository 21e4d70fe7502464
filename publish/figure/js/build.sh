#!/bin/sh
# Rebuilds dist/ from src/. Needs node and npm; the program itself needs neither.
set -eu
cd "$(dirname "$0")"
npm install --no-audit --no-fund --no-package-lock --silent
node build.mjs
