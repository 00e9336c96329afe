"""Which proxies a session has, and where they come from."""

import pytest

from locust_like.client.proxies import environment_proxies, proxy_items
from locust_like.client.session import HttpSession

DEAD = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name.upper()}_PROXY", raising=False)


def test_keys_without_a_proxy_are_absent() -> None:
    assert proxy_items({"https": "b", "http": None, "all": ""}) == (("https", "b"),)
    assert proxy_items(None) == ()


def test_lower_case_variables_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "upper")
    monkeypatch.setenv("https_proxy", "lower")
    monkeypatch.setenv("NO_PROXY", "a.test")
    assert environment_proxies() == {"https": "lower", "no_proxy": "a.test"}


def test_a_proxy_holds_from_the_next_call_on(session: HttpSession) -> None:
    assert session.get("/").ok
    session.proxies = {"http": DEAD}
    assert session.get("/").failure_code == "proxy"
    session.proxies["no_proxy"] = "127.0.0.0/8"
    assert session.get("/").ok
    del session.proxies["no_proxy"]
    assert session.get("/").failure_code == "proxy"
    session.proxies.clear()
    assert session.get("/").ok
    assert "127" not in repr(session.proxies)


def test_a_proxy_of_one_call_adds_to_those_of_the_session(session: HttpSession) -> None:
    session.proxies = {"no_proxy": "elsewhere.test"}
    assert session.get("/", proxies={"http": DEAD}).failure_code == "proxy"
    assert session.get("/", proxies={"http": DEAD, "no_proxy": "127.0.0.1"}).ok
    assert session.get("/", proxies={}).ok
    assert session.get("/", proxies=None).ok


def test_the_environment_counts_only_where_it_is_trusted(
    session: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", DEAD)
    assert session.get("/").ok
    session.trust_env = True
    assert session.get("/").failure_code == "proxy"
    session.trust_env = False
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    session.trust_env = True
    assert session.get("/").ok


def test_what_is_no_proxy_is_refused_at_once(session: HttpSession) -> None:
    with pytest.raises(
        ValueError, match=r"http://, https://, socks5:// or socks5h://, not 'ftp://'"
    ):
        session.proxies = {"http": "ftp://user:hidden@p"}
    with pytest.raises(ValueError, match="'ftp'"):
        session.proxies["ftp"] = DEAD
    assert dict(session.proxies) == {}
    assert session.get("/").ok
