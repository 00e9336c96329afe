#!/usr/bin/env bash
# A real load test against the server that comes with the product.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
port=${PORT:-8080}
# Not through run(): a background function is a shell of its own, and killing it spares the server.
printf '+ %s target --port %s &\n' "$VENV/bin/locust-like" "$port" >&2
"$VENV/bin/locust-like" target --port "$port" >build/demo-target.log 2>&1 &
target=$!
trap 'kill "$target" 2>/dev/null || true; wait "$target" 2>/dev/null || true' EXIT
"$VENV/bin/python" tests/tools/wait_for_port.py "$port"

run "$VENV/bin/locust-like" -f examples/basic.py -H "http://127.0.0.1:$port" \
  --headless -u 100 -r 50 -t 10s
