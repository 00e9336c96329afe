#!/usr/bin/env bash
# Fetch the generators we are measured against: Locust into a virtual environment of its own,
# k6 and hey built from the Go module proxy. Both land in build/.
. "$(dirname "$0")/prelude.sh"

if [[ ! -x build/bench-venv/bin/locust ]]; then
  run "${PYTHON:-python3}" -m venv build/bench-venv
  run build/bench-venv/bin/pip install -q locust
fi
bin=$PWD/build/bench-go
for module in go.k6.io/k6 github.com/rakyll/hey; do
  [[ -x $bin/${module##*/} ]] || run env GOBIN="$bin" go install "$module@latest"
done
