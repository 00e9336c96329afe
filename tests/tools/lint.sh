#!/usr/bin/env bash
# Formatting, lint and types of both languages. Results of unchanged C++ files are remembered.
. "$(dirname "$0")/prelude.sh"

tests/tools/system_packages.sh build check
tests/tools/install.sh
run cmake --preset release >/dev/null

failed=0
run "$VENV/bin/ruff" check . || failed=1
run "$VENV/bin/ruff" format --check . || failed=1
run "$VENV/bin/mypy" || failed=1
run "$VENV/bin/python" tests/tools/lint_cpp.py || failed=1
exit "$failed"
