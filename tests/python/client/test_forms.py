"""Forms are sent as a browser sends them; the application is a real one, with a CSRF check."""

import io
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from locust_like._core import Recorder
from locust_like.client.requests_session import RequestsSession
from locust_like.client.session import FastHttpSession, HttpSession
from locust_like.errors import FormError, MissingLibraryError
from locust_like.events import Events


@pytest.fixture(scope="module")
def application(checkout: Path) -> Iterator[str]:
    """Run tests/servers/form_server.py and return its URL."""
    command = [sys.executable, str(checkout / "tests/servers/form_server.py")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(params=[HttpSession, FastHttpSession, RequestsSession])
def each(request: pytest.FixtureRequest, application: str, events: Events) -> Iterator[Any]:
    """Return a client of each kind."""
    made = request.param(application, events.request, read_timeout_s=10.0)
    yield made
    made.close()


@pytest.fixture
def client(application: str, events: Events) -> Iterator[HttpSession]:
    made = HttpSession(application, events.request, read_timeout_s=10.0)
    yield made
    made.close()


def fields_of(sent: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in sent["fields"]]


def shown(client: HttpSession, html: str) -> Any:
    """Return a page with this HTML."""
    return client.get(f"/page?body={quote(html)}", name="page")


def test_a_login_keeps_the_token(each: Any, events: Events) -> None:
    refused = each.post("/login", data={"user": "ada", "password": "secret"}, name="without")
    assert refused.status_code == 403
    page = each.get("/login")
    answer = each.submit_form(page, {"user": "ada", "password": "secret"}, name="log in")
    assert answer.status_code == 200
    assert answer.html.css_first("h1").text() == "Hello ada"
    assert each.get("/account").text == "<h1>Hello ada</h1>"
    assert isinstance(events.request.recorder, Recorder)
    entry = events.request.recorder.collect().entry("POST", "log in")
    assert entry is not None
    assert (entry.num_requests, entry.num_failures, entry.hops) == (1, 0, 1)


def test_the_verdict_may_be_the_scripts(each: Any) -> None:
    page = each.get("/login")
    with each.submit_form(page, {"password": "no"}, catch_response=True) as answer:
        assert answer.status_code == 401
        answer.success()


def test_untouched_fields_are_sent_as_the_page_has_them(each: Any, application: str) -> None:
    page = each.get("/settings")
    sent = each.submit_form(page).json()
    assert (sent["method"], sent["url"]) == ("POST", "/deep/saved")
    assert sent["kind"] == "multipart/form-data"
    assert sent["referer"] == f"{application}/settings"
    token = page.html.css_first("[name=token]").attributes["value"]
    assert fields_of(sent) == [
        ("token", token),
        ("nick", "ada"),
        ("nick", "second"),
        ("news", "no"),
        ("topic", "a"),
        ("size", "m"),
        ("colour", "red"),
        ("days", "mo"),
        ("days", "we"),
        ("about", "one\r\ntwo"),
        ("legend", "l"),
        ("save", "Save"),
        ("outside", "o"),
    ]


def test_fields_are_changed_as_a_user_would(each: Any) -> None:
    page = each.get("/settings")
    sent = each.submit_form(
        page,
        {
            "nick": ["first", "2nd"],
            "news": True,
            "topic": ["b"],
            "size": "s",
            "colour": "green",  # the text of the option; its value is sent
            "days": [],
            "about": "a\nb",
            "picture": ("p.png", io.BytesIO(b"pixels"), "image/png"),
            "outside": None,
        },
        button="map",
        form="#settings",
    ).json()
    assert fields_of(sent)[1:] == [
        ("nick", "first"),
        ("nick", "2nd"),
        ("news", "no"),
        ("news", "yes"),
        ("topic", "b"),
        ("size", "s"),
        ("colour", "g"),
        ("about", "a\r\nb"),
        ("legend", "l"),
        ("map.x", "0"),
        ("map.y", "0"),
    ]
    assert sent["files"] == [["picture", "p.png", "pixels"]]


def test_a_button_may_lead_elsewhere(each: Any) -> None:
    page = each.get("/settings")
    sent = each.submit_form(page, {"topic": False}, button="Remove it").json()
    path, _, query = sent["url"].partition("?")
    assert (sent["method"], path) == ("GET", "/deep/er/removed")
    assert "remove=1" in query
    assert "topic" not in query
    assert "save" not in query


def test_a_get_form_replaces_the_query(client: HttpSession) -> None:
    page = shown(client, '<form action="/search?old=1#x"><input name=q value="a b"></form>')
    sent = client.submit_form(page, {"q": "ü&"}).json()
    assert (sent["method"], sent["url"]) == ("GET", "/search?q=%C3%BC%26")


def test_other_encodings(client: HttpSession) -> None:
    page = shown(client, '<form method=POST action=/x><input name="a" value="1 2"></form>')
    sent = client.submit_form(page, headers={"Referer": "mine", "X": "y"}).json()
    assert (sent["kind"], fields_of(sent)) == ("application/x-www-form-urlencoded", [("a", "1 2")])
    assert sent["referer"] == "mine"
    page = shown(client, "<form method=post action=/x enctype=text/plain><input name=a></form>")
    sent = client.submit_form(page, {"a": "b"}).json()
    assert (sent["kind"], sent["body"]) == ("text/plain", "a=b\r\n")


def test_which_form(client: HttpSession) -> None:
    page = shown(
        client,
        "<form id=one action=/1></form><form name=two action=/2></form><form action=/3></form>",
    )
    assert client.submit_form(page, form="one").json()["url"] == "/1"
    assert client.submit_form(page, form="two").json()["url"] == "/2"
    assert client.submit_form(page, form=2).json()["url"] == "/3"
    assert client.submit_form(page, form=-1).json()["url"] == "/3"
    assert client.submit_form(page, form="[action='/2']").json()["url"] == "/2"


def test_fields_that_a_table_has_pushed_out_of_their_form(client: HttpSession) -> None:
    page = shown(
        client,
        "<table><form action=/t><tr><td><input name=x value=1></td></tr></form></table>"
        "<input name=stray><form id=b></form>",
    )
    assert client.submit_form(page, form=0).json()["url"] == "/t?x=1"


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"fields": {"nik": "x"}}, "has no field 'nik': did you mean 'nick'? It has token, nick"),
        ({"fields": {"colour": "gren"}}, "has no value 'gren': did you mean 'green'?"),
        ({"fields": {"colour": "blue"}}, "has no value 'blue': It has 'red', 'g'"),
        ({"fields": {"size": "xl"}}, "field 'size' of the form 'settings' of"),
        ({"fields": {"size": ["s", "m"]}}, "one value is needed"),
        ({"fields": {"colour": ["red", "g"]}}, "one value is needed"),
        ({"fields": {"topic": True}}, "has no value True: It has 'a', 'b'"),
        ({"fields": {"locked": "y"}}, "is disabled; check=False sends it all the same"),
        ({"fields": {"set": "y"}}, "is disabled"),
        ({"fields": {"nick": ["1", "2", "3"]}}, "has 2 field(s) 'nick' for 3 values"),
        ({"button": "Go"}, "has no button 'Go': it has 'Save', '1', 'map'"),
        ({"form": "other"}, "no form for form='other' in"),
        ({"form": 1}, "form= takes a name, id, CSS selector or place: 'settings' (POST ../saved)"),
        ({"form": "p["}, "is no CSS selector"),
    ],
)
def test_what_a_user_could_not_do_is_refused(
    client: HttpSession, arguments: dict[str, Any], text: str
) -> None:
    with pytest.raises(FormError) as caught:
        client.submit_form(client.get("/settings"), **arguments)
    assert text in str(caught.value)


def test_scripts_of_the_page_may_do_more(client: HttpSession) -> None:
    sent = client.submit_form(
        client.get("/settings"),
        {"added": [1, 2], "locked": "y", "colour": "pink", "size": "xl"},
        check=False,
    ).json()
    fields = fields_of(sent)
    assert [pair for pair in fields if pair[0] == "colour"] == [("colour", "pink")]
    assert fields[-4:] == [("added", "1"), ("added", "2"), ("locked", "y"), ("size", "xl")]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>nothing</p>", "there is no form in"),
        ("<form></form><form id=b method=post></form>", "2 forms in"),
        ("<form action='mailto:a@b.test'></form>", "which is no request"),
        ("<form method=dialog></form>", "leads to a dialog"),
    ],
)
def test_pages_without_the_one_form(client: HttpSession, html: str, text: str) -> None:
    with pytest.raises(FormError, match=text):
        client.submit_form(shown(client, html))


def test_a_page_that_did_not_come(events: Events, client: HttpSession) -> None:
    gone = HttpSession("http://127.0.0.1:1", events.request)
    with pytest.raises(FormError, match=r"did not come: .*refused"):
        gone.submit_form(gone.get("/"))
    with pytest.raises(FormError, match="empty or was discarded"):
        client.submit_form(client.get("/settings", discard_body=True))


def test_a_form_that_leads_to_another_origin(client: HttpSession, application: str) -> None:
    elsewhere = application.replace("127.0.0.1", "localhost")
    page = shown(client, f'<form method=post action="{elsewhere}/x"><input name=a></form>')
    answer = client.submit_form(page)
    assert answer.url == f"{elsewhere}/x"
    assert answer.json()["referer"] == f"{application}/"


def test_without_the_parser_there_is_a_sentence(
    client: HttpSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "selectolax.lexbor", None)
    with pytest.raises(MissingLibraryError, match=r'pip install "locust_like\[html\]"'):
        _ = client.get("/login").html


def test_a_page_is_parsed_once(client: HttpSession) -> None:
    page = client.get("/settings")
    assert page.html is page.html
    assert page.html.css("title")[0].text() == "Settings"
