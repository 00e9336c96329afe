#!/usr/bin/env bash
# Check that paths, links, commands, examples and messages in the documentation are true; build the site.
. "$(dirname "$0")/prelude.sh"

tests/tools/install.sh
run "$VENV/bin/pytest" -q tests/python/test_docs.py tests/python/test_troubleshooting.py \
  tests/integration/test_examples.py tests/integration/test_documentation.py

if [[ ! -x $VENV/bin/mkdocs ]]; then
  "$VENV/bin/python" -c 'import tomllib
extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]
print("\n".join(extras["docs"]))' >build/docs-requirements.txt
  run "$VENV/bin/python" -m pip install -q -r build/docs-requirements.txt
fi
# The theme's authors advertise their next program on every build.
NO_MKDOCS_2_WARNING=1 run "$VENV/bin/mkdocs" build --strict --quiet
printf 'the site is in build/site/index.html\n'
