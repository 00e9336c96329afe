"""Test functions with Locust's fixtures instead of user classes."""

import time


def test_get(session):
    resp = session.get("/json", name="by session")
    assert resp.status_code == 200
    resp.raise_for_status()
    time.sleep(0.02)


def test_fast(fastsession):
    fastsession.get("/status/404", name="by fastsession").raise_for_status()


def helper():
    raise AssertionError("no test")
