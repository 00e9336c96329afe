#!/usr/bin/env bash
# 50 ramps up and down, 10 min flat out, then 10 min (CHAOS_MINUTES) of a cluster that is broken at
# random; memory must stay flat, and nothing may be missing. Writes docs/soak.md.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
run "$VENV/bin/python" tests/bench/soak.py "$@"
run "$VENV/bin/python" tests/bench/chaos.py --minutes "${CHAOS_MINUTES:-10}"
