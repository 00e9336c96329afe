"""Who may do what: the decision for each request as a table."""

from dataclasses import replace

import pytest

from locust_like.web.guard import Facts, Guard, Identity, is_loopback, own_names

OPERATOR = Identity("operator", "web", "right")
VIEWER = Identity("viewer", "web", "right")
LOOPBACK = Guard(own_names("127.0.0.1"), any_address=False, demands_credentials=False)
WIDE = Guard(own_names("0.0.0.0", ["load.test"]), any_address=True, demands_credentials=True)
BROWSER = Facts(
    "POST",
    "127.0.0.1:8089",
    origin="http://127.0.0.1:8089",
    fetch_site="same-origin",
    has_cookie=True,
    identity=OPERATOR,
    csrf_token="right",
)
PROGRAM = Facts("POST", "127.0.0.1:8089")
READER = Facts("GET", "127.0.0.1:8089")


@pytest.mark.parametrize(
    ("guard", "facts"),
    [
        (LOOPBACK, BROWSER),
        (LOOPBACK, PROGRAM),
        (LOOPBACK, READER),
        (LOOPBACK, replace(PROGRAM, host="localhost")),
        (LOOPBACK, replace(PROGRAM, host="[::1]:8089")),
        (LOOPBACK, replace(PROGRAM, host="LOCALHOST:9")),
        (LOOPBACK, replace(READER, fetch_site="none")),
        (LOOPBACK, replace(READER, fetch_site="cross-site", is_public=True)),
        (LOOPBACK, replace(BROWSER, identity=VIEWER, is_harmless=True)),
        (WIDE, replace(PROGRAM, has_bearer=True, identity=Identity("operator", "api", ""))),
        (WIDE, replace(BROWSER, host="load.test", origin="http://load.test")),
        (WIDE, replace(BROWSER, host="10.1.2.3:8089", origin="http://10.1.2.3:8089")),
        (WIDE, replace(READER, is_public=True)),
    ],
)
def test_what_may_go_on(guard: Guard, facts: Facts) -> None:
    assert guard.refusal(facts) is None


@pytest.mark.parametrize(
    ("guard", "facts", "status"),
    [
        (LOOPBACK, replace(READER, host=""), 400),
        (LOOPBACK, replace(READER, host="evil.test"), 400),
        (LOOPBACK, replace(READER, host="evil.test:8089"), 400),
        (LOOPBACK, replace(READER, host="127.0.0.1.evil.test"), 400),
        (LOOPBACK, replace(READER, host="10.0.0.1"), 400),
        (LOOPBACK, replace(READER, host="user@127.0.0.1"), 400),
        (LOOPBACK, replace(READER, host="127.0.0.1:99999999"), 400),
        (LOOPBACK, replace(READER, host="127.0.0.1/../x"), 400),
        (LOOPBACK, replace(BROWSER, origin="http://evil.test"), 403),
        (LOOPBACK, replace(BROWSER, origin="http://127.0.0.1:9999"), 403),
        (LOOPBACK, replace(BROWSER, origin="null"), 403),
        (LOOPBACK, replace(BROWSER, origin=""), 403),
        (LOOPBACK, replace(BROWSER, origin="http://[::1"), 403),
        (LOOPBACK, replace(BROWSER, fetch_site="cross-site"), 403),
        (LOOPBACK, replace(BROWSER, fetch_site="same-site"), 403),
        (LOOPBACK, replace(READER, fetch_site="cross-site", origin="http://evil.test"), 403),
        (LOOPBACK, replace(BROWSER, csrf_token=""), 403),
        (LOOPBACK, replace(BROWSER, csrf_token="wrong"), 403),
        (LOOPBACK, replace(BROWSER, identity=None), 403),
        (LOOPBACK, replace(BROWSER, has_cookie=False, identity=None), 403),
        (LOOPBACK, replace(PROGRAM, fetch_site="same-origin"), 403),
        (LOOPBACK, replace(BROWSER, identity=VIEWER), 403),
        (LOOPBACK, replace(PROGRAM, has_bearer=True), 401),
        (WIDE, PROGRAM, 401),
        (WIDE, READER, 401),
        (WIDE, replace(PROGRAM, has_bearer=True), 401),
        (WIDE, replace(BROWSER, host="evil.test", origin="http://evil.test"), 400),
        (WIDE, replace(PROGRAM, has_bearer=True, identity=VIEWER), 403),
    ],
)
def test_what_is_refused(guard: Guard, facts: Facts, status: int) -> None:
    refusal = guard.refusal(facts)
    assert refusal is not None
    assert refusal.status == status
    assert refusal.problem


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]", "localhost"])
def test_loopback_addresses(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.test", ""])
def test_wider_addresses(host: str) -> None:
    assert not is_loopback(host)
