# Sourced by the scripts beside it: strict mode, the checkout as working folder, one way to run things.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PIP_DISABLE_PIP_VERSION_CHECK=1
JOBS=${JOBS:-$(nproc)}
VENV=${VENV:-.venv}
# Let ccache recognise a file in another clone of the repository.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

# Print a command, then run it.
run() {
  printf '+ %s\n' "$*" >&2
  "$@"
}
