"""A login that the locustfile brings: who is let in, and what stays forbidden."""

from typing import Any

import pytest
from flask import redirect, request, session, url_for
from flask.testing import FlaskClient
from flask_login import LoginManager, UserMixin, login_user, logout_user
from werkzeug.test import TestResponse

from .conftest import MakeSite, Site

HOME = {"Origin": "http://localhost"}
CUSTOM = {
    "callback_url": "/custom_submit",
    "inputs": [
        {"label": "<Team>", "name": "team", "choices": ["red", "blue"], "default_value": "blue"},
        {"label": "Admin", "name": "admin", "default_value": True},
        {"label": "Pin", "name": "pin", "is_secret": True, "is_required": True},
    ],
    "submit_button_text": "Go",
}
PROVIDER = {
    "label": "Elsewhere",
    "callback_url": "/sso",
    "icon_url": "https://icons.test:8443/a.png;x",
}


class Person(UserMixin):  # type: ignore[misc] # flask-login has no types
    """Somebody."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_id(self) -> str:
        return self.name


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Return a site whose script lets in who knows the password."""
    site = make_site(login=True)
    ui = site.ui
    ui.auth_args = {"username_password_callback": "/login_submit", "auth_providers": [PROVIDER]}
    ui.login_manager.user_loader(Person)

    @ui.app.post("/login_submit")
    def submit() -> Any:
        if request.form.get("password") == "right":
            login_user(Person(request.form["username"]))
            return redirect(url_for("locust.index"))
        session["auth_error"] = "Who are <you>?"
        return redirect(url_for("locust.login"))

    @ui.app.get("/sso/back")
    def back() -> str:
        login_user(Person("sso"))
        return "welcome"

    @ui.app.get("/sso/inside")
    @ui.auth_required_if_enabled
    def inside() -> str:
        return "inside"

    @ui.app.get("/leave")
    def leave() -> str:
        logout_user()
        return "bye"

    return site


def log_in(client: FlaskClient, password: str = "right", **more: Any) -> TestResponse:
    form = {"username": "ann", "password": password}
    return client.post("/login_submit", data=form, **more)


def test_a_stranger_sees_the_login_page_and_nothing_else(site: Site) -> None:
    client = site.client
    assert client.get("/").headers["Location"] == "/login"
    for path in ("/stats/requests", "/api/v1/session", "/api/v1/poll", "/leave"):
        assert client.get(path).status_code == 401, path
    assert client.post("/swarm", data={"user_count": "1", "spawn_rate": "1"}).status_code == 401
    assert client.get("/sso/inside").headers["Location"].startswith("/login?next=")
    opened = client.get("/stats/report", headers={"Sec-Fetch-Mode": "navigate"})
    assert opened.headers["Location"] == "/login"


def test_who_is_let_in_reads_at_once_and_changes_with_the_token_of_the_page(site: Site) -> None:
    client = site.client
    assert log_in(client).headers["Location"] == "/"
    with client.get("/") as page:
        assert page.status_code in (200, 503)
    assert client.get("/sso/inside").text == "inside"
    assert client.get("/stats/requests").status_code == 200
    form = {"user_count": "1", "spawn_rate": "1000"}
    assert client.post("/swarm", data=form).status_code == 403
    told = client.get("/api/v1/session").get_json()
    headers = {"X-CSRF-Token": told["csrf_token"], **HOME}
    assert client.post("/swarm", data=form, headers=headers).get_json()["success"]
    assert site.control.annotations()[0].who == "ann"


def test_a_wrong_password_is_told_once(site: Site) -> None:
    client = site.client
    assert log_in(client, "wrong").headers["Location"] == "/login"
    assert "Who are &lt;you&gt;?" in client.get("/login").text
    assert "Who are" not in client.get("/login").text
    assert client.get("/stats/requests").status_code == 401


def test_who_leaves_is_out_although_the_page_had_a_session(site: Site) -> None:
    client = site.client
    log_in(client)
    token = client.get("/api/v1/session").get_json()["csrf_token"]
    client.get("/leave")
    assert client.get("/stats/requests").status_code == 401
    assert client.post("/stop", headers={"X-CSRF-Token": token, **HOME}).status_code == 401
    # Nobody goes on with the session of somebody else.
    client.get("/sso/back")
    assert client.post("/stop", headers={"X-CSRF-Token": token, **HOME}).status_code == 403


def test_our_own_ways_in_are_shut(site: Site) -> None:
    client = site.client
    assert not site.ui.made_token
    assert client.get(f"/?token={site.ui.token}").headers["Location"] == "/login"
    ours = client.post("/login", data={"password": site.ui.token})
    assert ours.headers["Location"] == "/login"
    assert client.get("/stats/requests").status_code == 401
    # A program has the token that somebody has set.
    bearer = {"Authorization": f"Bearer {site.ui.token}"}
    assert client.post("/stop", headers=bearer).status_code == 200


def test_a_page_of_strangers_cannot_log_anybody_in(site: Site) -> None:
    client = site.client
    assert log_in(client, headers={"Origin": "http://evil.test"}).status_code == 403
    assert log_in(client, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    # Who comes back from elsewhere does so by a link.
    assert client.get("/sso/back", headers={"Sec-Fetch-Site": "cross-site"}).text == "welcome"


def test_the_login_page_has_what_the_script_says(site: Site) -> None:
    site.ui.auth_args |= {"custom_form": CUSTOM, "title": "<Mine>", "info": "News"}
    reply = site.client.get("/login")
    for words in (
        '<form method="post" action="/login_submit">',
        '<form method="post" action="/custom_submit">',
        "<h1>&lt;Mine&gt;</h1>",
        '<p role="status">News</p>',
        "&lt;Team&gt;",
        "<option selected>blue</option>",
        '<input type="checkbox" name="admin" checked>',
        '<input type="password" name="pin" value="" required>',
        "<button>Go</button>",
        '<a href="/sso"><img src="https://icons.test:8443/a.png;x"',
    ):
        assert words in reply.text, words
    policy = reply.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://icons.test:8443;" in policy


def test_without_a_user_loader_our_own_login_stands(make_site: MakeSite) -> None:
    ui = make_site(login=True).ui
    ui.login_manager = LoginManager(ui.app)
    assert ui.made_token
    assert "Token" in ui.app.test_client().get("/login").text


def test_without_web_login_there_is_no_login_manager(make_site: MakeSite) -> None:
    ui = make_site().ui
    with pytest.raises(AttributeError, match="--web-login"):
        _ = ui.login_manager
    with pytest.raises(AttributeError, match="--web-login"):
        ui.login_manager = LoginManager()

    @ui.auth_required_if_enabled
    def view() -> str:
        return "seen"

    assert view() == "seen"


def test_an_empty_key_of_the_script_does_not_shut_it_out(site: Site) -> None:
    site.ui.app.config["SECRET_KEY"] = None
    site.ui.start()
    assert log_in(site.client).status_code == 302


def test_template_args_are_locusts_and_the_page_is_a_template(site: Site) -> None:
    ui = site.ui
    ui.template_args["extended_tabs"] = [{"title": "Mine", "key": "mine"}]
    ui.update_template_args()
    args = ui.template_args
    assert args["extended_tabs"][0]["key"] == "mine"
    assert (args["num_users"], args["state"], args["is_distributed"]) == (2, "ready", False)
    assert args["available_user_tasks"] == {"Waiter": ["work"]}
