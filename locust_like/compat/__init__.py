"""Locust's module names, mapped onto ours, so that existing locustfiles run unchanged."""

from locust_like.compat.hook import install

__all__ = ["install"]
