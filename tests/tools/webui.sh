#!/usr/bin/env bash
# Build the web page into locust_like/static when its sources have changed, or run one of its checks.
# Usage: webui.sh [build|check]
. "$(dirname "$0")/prelude.sh"

PATH=$PWD/$VENV/bin:$PATH
cd webui
sources=$(find src ./*.html ./*.config.ts scripts package.json package-lock.json tsconfig.json -type f -print0 |
  sort -z | xargs -0 sha256sum | sha256sum)
modules=$(sha256sum <package-lock.json)
if [[ ! -f node_modules/installed.stamp || $(cat node_modules/installed.stamp) != "$modules" ]]; then
  run npm ci --no-audit --no-fund --loglevel=error
  echo "$modules" >node_modules/installed.stamp
fi
built=../locust_like/static/.built
if [[ ! -f $built || $(cat "$built") != "$sources" ]]; then
  run npm run --silent build
  echo "$sources" >"$built"
fi
[[ ${1:-build} == check ]] || exit 0
run npm run --silent check
run npm run --silent lint
run npm run --silent format:check
run npm run --silent size
run npm run --silent test
