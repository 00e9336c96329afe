#!/usr/bin/env bash
# Measure against wrk, Locust, k6 and hey, then fill docs/benchmarks.md and the README's table.
# Arguments go to tests/bench/run.py (for example --quick).
. "$(dirname "$0")/prelude.sh"

tests/tools/system_packages.sh build bench
tests/tools/install.sh
tests/tools/bench_peers.sh
run cmake --preset release >/dev/null
run cmake --build --preset release -j "$JOBS" --target master_load
run "$VENV/bin/python" tests/bench/run.py "$@"
