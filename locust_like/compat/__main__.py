"""`python -m locust_like.compat FILE [arguments]`: run a script with `locust` meaning us."""

import sys

from locust_like.compat.scripts import run_script

if len(sys.argv) <= 1:
    sys.exit("Usage: python -m locust_like.compat FILE [arguments]")
run_script(sys.argv[1], sys.argv[2:])
