"""Cookies: the jar's face alone, and the jar of a session against a real server."""

import http.cookiejar
from typing import Any

import gevent
import pytest

from locust_like.client.cookies import Cookie, Cookies, cookie_line
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.errors import CookieConflictError
from locust_like.events import Events


def seen(session: HttpSession, url: str = "/any", **kwargs: Any) -> str | None:
    """Return the Cookie header that the server got."""
    cookie: str | None = session.get(url, **kwargs).json()["headers"].get("cookie")
    return cookie


def test_a_jar_is_read_by_name_and_iterated_by_cookie() -> None:
    jar = Cookies({"a": "1", "b": "2"})
    assert jar["a"] == jar.get("a") == "1"
    assert "b" in jar
    assert "c" not in jar
    assert [cookie.name for cookie in jar] == jar.keys() == ["a", "b"]
    assert jar.values() == ["1", "2"]
    assert dict(jar.items()) == jar.get_dict() == {"a": "1", "b": "2"}
    assert jar == {"a": "1", "b": "2"}
    assert jar.copy() == jar
    del jar["a"]
    assert jar.get("a", "none") == "none"
    with pytest.raises(KeyError):
        jar["a"]
    with pytest.raises(KeyError):
        del jar["a"]


def test_equal_names_of_several_domains_are_told_apart() -> None:
    jar = Cookies()
    jar.set("id", "1", domain="a.test")
    jar.set("id", "2", domain=".b.test", path="/x", expires=4102444800)
    with pytest.raises(CookieConflictError, match="several cookies"):
        jar["id"]
    assert jar.get("id", domain="a.test") == "1"
    assert jar.list_domains() == ["a.test", ".b.test"]
    assert jar.list_paths() == ["/", "/x"]
    jar.set("id", None, domain="a.test")
    assert jar["id"] == "2"
    jar.clear()
    assert len(jar) == 0


def test_cookies_of_other_libraries_are_taken() -> None:
    theirs = http.cookiejar.CookieJar()
    theirs.set_cookie(
        http.cookiejar.Cookie(
            0, "id", "1", None, False, "a.test", True, False, "/x", True, True, 4102444800,
            False, None, None, {},
        )
    )  # fmt: skip
    jar = Cookies(theirs)
    assert list(jar) == [Cookie("id", "1", "a.test", "/x", 4102444800, secure=True)]
    assert cookie_line(theirs) == "id=1"


def test_a_cookie_that_would_split_a_request_is_refused(user: HttpSession) -> None:
    with pytest.raises(ValueError, match="CR, LF or NUL"):
        user.get("/any", cookies={"a": "1\r\nX: 2"})
    with pytest.raises(ValueError, match="nothing was sent"):
        user.cookies["a"] = "1; b=2"
    with pytest.raises(ValueError, match="needs a name"):
        user.cookies[""] = "1"
    assert len(user.cookies) == 0


def test_what_a_hop_sets_is_sent_on_the_next_and_kept(user: HttpSession, port: int) -> None:
    response = user.get("/cookies/set?id=1&lang=de")
    assert response.json()["headers"]["cookie"] == "id=1; lang=de"
    assert response.request.headers["Cookie"] == "id=1; lang=de"
    assert user.cookies == {"id": "1", "lang": "de"}
    assert [c.domain for c in user.cookies] == ["127.0.0.1", "127.0.0.1"]
    assert len(response.cookies) == 0
    assert seen(user) == "id=1; lang=de"
    assert seen(user, f"http://localhost:{port}/any") is None


def test_cookies_of_a_reply_are_those_it_set(user: HttpSession) -> None:
    response = user.get("/plain?head=Set-Cookie:a=1;%20Path=/p;%20HttpOnly&head=Set-Cookie:b=2")
    assert response.cookies["b"] == "2"
    assert next(iter(response.cookies)) == Cookie("a", "1", "127.0.0.1", "/p", http_only=True)
    assert seen(user, "/p/x") == "a=1; b=2"


def test_cookies_of_one_call_are_added_and_not_kept(user: HttpSession) -> None:
    user.cookies["id"] = "jar"
    user.cookies["lang"] = "de"
    assert seen(user, cookies={"id": "call"}) == "id=call; lang=de"
    assert seen(user, cookies=user.cookies) == "id=jar; lang=de"
    assert seen(user) == "id=jar; lang=de"
    assert seen(user, headers={"Cookie": "by=hand"}) == "by=hand"


def test_a_script_changes_the_jar_at_any_time(user: HttpSession) -> None:
    user.cookies.set("id", "1")
    user.cookies.update({"lang": "de"})
    assert seen(user) == "id=1; lang=de"
    user.cookies.clear(name="id")
    assert seen(user) == "lang=de"
    user.cookies = {"only": "this"}
    assert seen(user) == "only=this"
    user.cookies.set("far", "1", domain="far.test")
    user.cookies.clear("far.test")
    user.cookies.clear()
    assert seen(user) is None


def test_jars_are_never_shared_and_outlive_connections(
    user: HttpSession, port: int, events: Events
) -> None:
    other = FastHttpSession(f"http://127.0.0.1:{port}", events.request)
    user.get("/cookies/set?id=1")
    assert seen(other) is None
    assert other.cookiejar == {}
    user.close()
    assert seen(user) == "id=1"
    other.close()


def test_concurrent_calls_of_one_user_lose_no_cookie(user: HttpSession) -> None:
    calls = [gevent.spawn(user.get, f"/cookies/set?c{i}=1") for i in range(8)]
    gevent.joinall(calls, raise_error=True)
    assert sorted(user.cookies.keys()) == [f"c{i}" for i in range(8)]


def test_no_credential_of_a_call_follows_it_to_another_origin(user: HttpSession, port: int) -> None:
    user.cookies["any"] = "host"
    url = f"/to?url=http://localhost:{port}/far"
    response = user.get(url, cookies={"mine": "1"}, auth=("u", "p"))
    sent = response.json()["headers"]
    assert "cookie" not in sent
    assert "authorization" not in sent
