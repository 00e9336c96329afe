"""What strangers and mistakes get from the real application, and that the run does not change."""

import json
from typing import Any

import pytest

from .conftest import MakeSite, Site

JSON = {"Content-Type": "application/json"}


def assert_refused(site: Site, reply: Any, status: int) -> None:
    assert reply.status_code == status, reply.get_data(as_text=True)
    assert reply.get_json()["problem"]
    assert site.control.status().version == 0
    assert site.control.status().state == "ready"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Host": "evil.test"},
        {"Host": ""},
        {"Authorization": "Bearer wrong"},
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/start", "/swarm", "/stop", "/stats/reset"])
def test_strangers_change_nothing(site: Site, path: str, headers: dict[str, str]) -> None:
    reply = site.client.post(path, headers=headers)
    status = 400 if "Host" in headers else 401 if "Authorization" in headers else 403
    assert_refused(site, reply, status)


@pytest.mark.parametrize("where", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    "path", ["/api/v1/session", "/api/v1/status", "/api/v1/stream", "/stats/requests", "/logs"]
)
def test_strangers_pages_read_nothing(site: Site, path: str, where: str) -> None:
    reply = site.client.get(path, headers={"Sec-Fetch-Site": where})
    assert_refused(site, reply, 403)
    assert "Set-Cookie" not in reply.headers
    assert site.client.get("/login", headers={"Sec-Fetch-Site": where}).status_code == 303


@pytest.mark.parametrize("path", ["/api/v1/start", "/swarm", "/stop", "/stats/reset"])
def test_a_cookie_alone_changes_nothing(site: Site, path: str) -> None:
    client = site.client
    client.set_cookie("locust_like_0", "made-up")
    assert_refused(site, client.post(path), 403)
    client = site.client
    client.get("/api/v1/session")
    assert_refused(site, client.post(path), 403)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"users": "many"}, "users"),
        ({"users": -1}, "users"),
        ({"users": 1.5}, "users"),
        ({"users": 10**12}, "users"),
        ({"users": True}, "users"),
        ({"spawn_rate_per_s": 0}, "spawn_rate_per_s"),
        ({"spawn_rate_per_s": -3}, "spawn_rate_per_s"),
        ({"spawn_rate_per_s": "fast"}, "spawn_rate_per_s"),
        ({"run_time_s": 1e12}, "run_time_s"),
        ({"host": 5}, "host"),
        ({"host": "x" * 2000}, "host"),
        ({"host": "javascript:alert(1)"}, "host"),
        ({"classes": [{"name": "Nobody"}]}, "classes"),
        ({"classes": [{"name": "Waiter", "weight": -1}]}, "classes[0].weight"),
        ({"classes": {"name": "Waiter"}}, "classes"),
        ({"tags": ["nobody"]}, "tags"),
        ({"arguments": {"nothing": 1}}, "arguments.nothing"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_wrong_values_are_named(site: Site, body: dict[str, Any], field: str) -> None:
    reply = site.client.post("/api/v1/start", json=body)
    assert_refused(site, reply, 400)
    assert reply.get_json()["field"] == field


@pytest.mark.parametrize(
    "data",
    [
        b"{", b"[]", b"null", b"5", b'{"users": NaN}', b'{"users": Infinity}', b'{"users": 1e999}',
        b"\xff\xfe", b'{"users": 1}{', b"[" * 100_000, b"user_count=1",
    ],
)  # fmt: skip
def test_what_is_no_json_is_refused(site: Site, data: bytes) -> None:
    assert_refused(site, site.client.post("/api/v1/start", data=data, headers=JSON), 400)


def test_large_bodies_are_refused(site: Site) -> None:
    data = json.dumps({"host": "x" * (1 << 20)})
    assert_refused(site, site.client.post("/api/v1/start", data=data, headers=JSON), 413)


@pytest.mark.parametrize(
    "path",
    [
        "start", "edit", "pause", "resume", "stop", "stop-now", "reset", "undo", "mark", "view",
        "preview",
    ],
)  # fmt: skip
def test_get_changes_nothing(site: Site, path: str) -> None:
    reply = site.client.get(f"/api/v1/{path}")
    assert_refused(site, reply, 405)
    assert "POST" in reply.headers["Allow"]


@pytest.mark.parametrize("path", ["/stop", "/stats/reset", "/swarm"])
def test_get_changes_nothing_on_old_routes(site: Site, path: str) -> None:
    assert_refused(site, site.client.get(path), 405)


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html", "/assets/%2e%2e/schemas.py", "/assets/..%2f..%2fpyproject.toml",
        "/assets/.", "/nowhere", "/api/v1/nowhere", "/api/v1/endpoints/7",
        "/api/v1/endpoints/-1", "/api/v1/endpoints/9/history",
    ],
)  # fmt: skip
def test_what_is_not_there(site: Site, path: str) -> None:
    assert_refused(site, site.client.get(path), 404)


@pytest.mark.parametrize(
    "query", ["logs?after=x", "logs?level=LOUD", "history?since_s=nan", "logs?after=1e400"]
)
def test_wrong_queries(site: Site, query: str) -> None:
    assert_refused(site, site.client.get(f"/api/v1/{query}"), 400)


def test_a_script_error_tells_nothing(site: Site) -> None:
    @site.ui.app.get("/mine")
    def mine() -> str:
        raise RuntimeError("secret detail")

    reply = site.client.get("/mine")
    assert reply.status_code == 500
    assert "secret" not in reply.get_data(as_text=True)


def test_a_wide_bind_demands_the_token(make_site: MakeSite) -> None:
    site = make_site(host="0.0.0.0")
    assert site.ui.made_token
    assert site.client.get("/api/v1/status").status_code == 401
    assert site.client.get("/stats/requests").status_code == 401
    assert site.client.get("/").headers["Location"] == "/login"
    right = {"Authorization": f"Bearer {site.ui.token}"}
    assert site.client.get("/api/v1/status", headers=right).status_code == 200
    assert site.client.post("/api/v1/reset", headers=right).status_code == 200


def test_a_link_with_the_token_lets_a_browser_in_once(make_site: MakeSite) -> None:
    site = make_site(login=True)
    client = site.client
    reply = client.get(f"/?token={site.ui.token}")
    cookie = reply.headers["Set-Cookie"]
    assert reply.status_code == 303
    assert site.ui.token not in reply.headers["Location"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/"))
    token = client.get("/api/v1/session").get_json()["csrf_token"]
    refused = client.post("/api/v1/reset")
    assert refused.status_code == 403
    assert client.post("/api/v1/reset", headers={"X-CSRF-Token": token}).status_code == 200


def test_viewers_look_and_do_not_touch(
    make_site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOCUST_LIKE_WEB_TOKEN", "operator-token")
    monkeypatch.setenv("LOCUST_LIKE_WEB_VIEWER_TOKEN", "viewer-token")
    site = make_site()
    viewer = {"Authorization": "Bearer viewer-token"}
    assert site.client.get("/api/v1/session", headers=viewer).get_json()["role"] == "viewer"
    assert site.client.post("/api/v1/preview", json={"users": 3}, headers=viewer).status_code == 200
    for path in ("/api/v1/start", "/api/v1/mark", "/swarm", "/stop"):
        assert_refused(site, site.client.post(path, headers=viewer), 403)


def test_logging_in_with_a_password(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUST_LIKE_WEB_USER", "ann")
    monkeypatch.setenv("LOCUST_LIKE_WEB_PASSWORD", "hunter2")
    site = make_site(login=True)
    client = site.client
    assert not site.ui.made_token
    assert "password" in client.get("/login").get_data(as_text=True)
    wrong = {"username": "ann", "password": "x"}
    for _ in range(10):
        assert client.post("/login", data=wrong).status_code == 401
    assert client.post("/login", data=wrong).status_code == 429
    other = {"REMOTE_ADDR": "127.0.0.9"}
    right = {"username": "ann", "password": "hunter2"}
    assert client.post("/login", data=right, environ_base=other).status_code == 303
    assert client.get("/api/v1/session").get_json()["role"] == "operator"


def test_login_from_another_site_is_refused(make_site: MakeSite) -> None:
    site = make_site(login=True)
    reply = site.client.post("/login", data={}, headers={"Origin": "http://evil.test"})
    assert reply.status_code == 403


def test_the_page_forbids_what_it_does_not_need(site: Site) -> None:
    policy = site.client.get("/login").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
