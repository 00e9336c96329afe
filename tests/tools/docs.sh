#!/usr/bin/env bash
# Check that every path, link and example in the documentation is true.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
run "$VENV/bin/pytest" -q tests/python/test_docs.py tests/integration/test_examples.py tests/integration/test_documentation.py
