"""Locust's module names, mapped onto ours, so that existing locustfiles run unchanged."""

from locust_like.compat.hook import install
from locust_like.compat.scripts import run_script

__all__ = ["install", "run_script"]
