#!/usr/bin/env bash
# 50 ramps up and down, then 10 min flat out; memory, descriptors and threads must stay flat. Writes docs/soak.md.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
run "$VENV/bin/python" tests/bench/soak.py "$@"
