# The one door: every verb calls a script in tests/tools/, which prints what it runs.
# Set-up happens on first use and is skipped afterwards; nothing outside build/ and .venv/ is written.
.DEFAULT_GOAL := help
.PHONY: help demo install test lint check bench soak docs coverage wheel clean

help:  ## list the verbs
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | expand -t 12

demo:  ## set up, start the demo server, run a real load test of 10 s
	@tests/tools/demo.sh

install:  ## set up .venv with an editable install; again = rebuild what changed
	@tests/tools/install.sh

test:  ## C++ tests, Python tests, integration tests
	@tests/tools/test.sh

lint:  ## formatting, types, static analysis
	@tests/tools/lint.sh

check:  ## all that CI runs: lint, test, sanitizers, short fuzz
	@tests/tools/check.sh

bench:  ## measure against wrk, Locust, k6 and hey; fills docs/benchmarks.md
	@tests/tools/bench.sh

soak:  ## 50 ramps up and down, 10 min flat out, 10 min of a broken cluster; fills docs/soak.md
	@tests/tools/soak.sh

docs:  ## check that the documentation is true, and build its site into build/site
	@tests/tools/docs.sh

coverage:  ## line and branch coverage of the Python package
	@tests/tools/coverage.sh

wheel:  ## build sdist and wheel into dist/, and run the wheel in a minimal system
	@tests/tools/wheel.sh

clean:  ## remove everything that was built
	rm -rf build .venv dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
