#!/usr/bin/env bash
# Configure, build and test the core alone with one CMake preset.
# Usage: test_cpp.sh release|debug|asan|tsan
. "$(dirname "$0")/prelude.sh"

preset=$1
tests/tools/system_packages.sh build
run cmake --preset "$preset" >/dev/null
run cmake --build --preset "$preset" -j "$JOBS"
# TSan needs address-space randomisation that its runtime knows; newer kernels use more bits.
randomisation=()
if [[ $preset == tsan ]] && setarch -R true 2>/dev/null; then randomisation=(setarch -R); fi
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
run "${randomisation[@]}" ctest --preset "$preset" -j "$JOBS"
