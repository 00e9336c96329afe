"""Entry of `python -m locust_like`."""

import sys

from locust_like.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
