#!/usr/bin/env bash
# Set up .venv with an editable install of the checkout, or rebuild what changed in it.
. "$(dirname "$0")/prelude.sh"

tests/tools/system_packages.sh build

stamp=$VENV/installed.stamp
key=$(sha256sum <pyproject.toml)
if [[ ! -f $stamp || $(cat "$stamp") != "$key" ]]; then
  [[ -x $VENV/bin/python ]] || run "${PYTHON:-python3}" -m venv "$VENV"
  # The build tools must be those that later incremental builds find, so no isolated build.
  run "$VENV/bin/python" -m pip install -q 'scikit-build-core>=0.11' 'pybind11>=2.13' 'greenlet>=3.2'
  run "$VENV/bin/python" -m pip install -q --no-build-isolation -e '.[dev]'
  echo "$key" >"$stamp"
else
  run cmake --build build/editable -j "$JOBS"
  site=$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
  run cmake --install build/editable --prefix "$site" >/dev/null
fi
tests/tools/webui.sh build
