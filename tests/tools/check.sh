#!/usr/bin/env bash
# All that CI runs, cheapest first.
. "$(dirname "$0")/prelude.sh"

tests/tools/lint.sh
tests/tools/webui.sh check
tests/tools/test.sh
tests/tools/test_cpp.sh asan
tests/tools/test_cpp.sh tsan
tests/tools/test_python_asan.sh
tests/tools/fuzz.sh
echo 'check: everything passed'
