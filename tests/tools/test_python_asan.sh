#!/usr/bin/env bash
# Python unit tests, and those of signals and of processes, with the extension built for ASan and
# UBSan, in a virtual environment of its own.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
venv=build/asan-venv
if [[ ! -x $venv/bin/python ]]; then
  run "$VENV/bin/python" -m venv --without-pip "$venv"
  site=$(realpath "$venv"/lib/python3*/site-packages)
  # Borrow everything but the package itself: a path file does not run the editable hook behind it.
  realpath "$VENV"/lib/python3*/site-packages >"$site/borrowed.pth"
fi
# greenlet copies stack slices away and back, which ASan's fake stack frames would mistake for
# an underflow; hence no stack instrumentation.
run "$VENV/bin/python" -m pip --python "$venv/bin/python" install -q --no-deps --no-build-isolation \
  --force-reinstall -C build-dir=build/asan-python -C cmake.build-type=Debug \
  -C cmake.define.LL_SANITIZE=address,undefined \
  -C cmake.define.CMAKE_CXX_FLAGS='--param asan-stack=0' .

asan=$(gcc -print-file-name=libasan.so) ubsan=$(gcc -print-file-name=libubsan.so)
run env LD_PRELOAD="$asan:$ubsan" PYTHONSAFEPATH=1 PYTHONMALLOC=malloc \
  ASAN_OPTIONS=detect_leaks=0:abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 \
  "$venv/bin/python" -m pytest -q -n "$JOBS" --dist worksteal -p no:cacheprovider tests/python \
  tests/integration/test_{endings,forks,processes}.py "$@"
