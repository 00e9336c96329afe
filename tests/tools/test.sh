#!/usr/bin/env bash
# C++ tests (release build), then Python and integration tests. Arguments go to pytest.
. "$(dirname "$0")/prelude.sh"

tests/tools/system_packages.sh browser network peers
tests/tools/install.sh
tests/tools/test_cpp.sh release
# Most tests wait more than they compute, so two processes a core.
run "$VENV/bin/pytest" -q -n "$((2 * JOBS))" --dist worksteal "$@"
