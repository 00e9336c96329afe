#!/usr/bin/env bash
# Line and branch coverage of the Python package by its own tests.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
mkdir -p build/coverage
run "$VENV/bin/coverage" run -m pytest -q
run "$VENV/bin/coverage" combine -q
run "$VENV/bin/coverage" report
