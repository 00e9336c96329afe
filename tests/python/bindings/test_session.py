"""What a call sends and counts: names, fields, bodies, redirects, keywords."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from locust_like._core import Profile, Recorder, Response, Session, Target

MakeSession = Callable[..., Session]


def echoed(response: Response) -> Any:
    return json.loads(response.content or b"null")


def names(recorder: Recorder) -> dict[str, int]:
    return {f"{one.method} {one.name}": one.num_requests for one in recorder.collect().entries}


@pytest.mark.parametrize("verb", ["get", "options", "head", "post", "put", "patch", "delete"])
def test_verbs_send_their_method(session: Session, recorder: Recorder, verb: str) -> None:
    response = getattr(session, verb)("/echo")

    assert response.status_code == 200
    assert response.method == verb.upper()
    assert names(recorder) == {f"{verb.upper()} /echo": 1}
    assert verb == "head" or echoed(response)["method"] == verb.upper()


@pytest.mark.parametrize("method", ["GET", "POST", "PURGE", "M-SEARCH"])
def test_request_sends_any_method(session: Session, recorder: Recorder, method: str) -> None:
    assert echoed(session.request(method, "/echo"))["method"] == method
    assert names(recorder) == {f"{method} /echo": 1}


def test_absolute_url_overrides_the_base(session: Session, target: Target) -> None:
    response = session.get(f"http://localhost:{target.port}/json")

    assert response.status_code == 200
    assert response.url == f"http://localhost:{target.port}/json"


@pytest.mark.parametrize(
    ("base_path", "url", "path"),
    [
        ("", "/echo", "/echo"),
        ("/", "/echo", "/echo"),
        ("/ec", "ho", "/echo"),
        ("/echo", "", "/echo"),
    ],
)
def test_url_is_joined_to_the_base(
    make_session: MakeSession, target: Target, base_path: str, url: str, path: str
) -> None:
    session = make_session(base_url=f"http://127.0.0.1:{target.port}{base_path}")
    assert echoed(session.get(url))["target"] == path


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda s: s.get("/", timeout=0), "timeout"),
        (lambda s: s.get("/", timeout=-1), "timeout"),
        (lambda s: s.get("/", timeout=(1,)), "connect, read"),
        (lambda s: s.get("/", timeout=(0, 1)), "connect timeout"),
        (lambda s: s.get("/", timeout=(1, float("nan"))), "read timeout"),
        (lambda s: s.get("/", total_timeout=0), "total_timeout"),
        (lambda s: s.get("/", fields=[("A", "b\r\nC: d")]), "CR, LF"),
        (lambda s: s.get("/", fields=[("A\nB", "c")]), "invalid header name"),
        (lambda s: s.get("/", fields=[("", "c")]), "invalid header name"),
        (lambda s: s.get("/a b\r\nX: y"), "line break"),
        (lambda s: s.get("ftp://127.0.0.1/"), "invalid URL"),
        (lambda s: s.get("http://"), "no host"),
        (lambda s: s.request("GE T", "/"), "invalid method"),
        (lambda s: s.request("GET\r\n", "/"), "invalid method"),
        (lambda s: s.request("", "/"), "invalid method"),
    ],
)
def test_bad_argument_raises_value_error_and_sends_nothing(
    session: Session,
    target: Target,
    recorder: Recorder,
    call: Callable[[Session], object],
    text: str,
) -> None:
    with pytest.raises(ValueError, match=text):
        call(session)

    assert target.counters()["connections_accepted"] == 0
    assert recorder.collect().total.num_requests == 0
    assert session.get("/").status_code == 200


@pytest.mark.parametrize(
    "call",
    [
        lambda s: s.get(),
        lambda s: s.get(17),
        lambda s: s.request("GET"),
        lambda s: s.request(17, "/"),
        lambda s: s.get("/", timeout="soon"),
        lambda s: s.get("/", body="text"),
        lambda s: s.get("/", fields=17),
        lambda s: s.get("/", fields=["ab"]),
        lambda s: s.get("/", fields=[("A",)]),
        lambda s: s.get("/", fields=[(1, "b")]),
        lambda s: s.get("/", name=[]),
        lambda s: s.post("/", None, None, None),
    ],
)
def test_wrong_type_raises_type_error_and_sends_nothing(
    session: Session, target: Target, call: Callable[[Session], object]
) -> None:
    with pytest.raises(TypeError):
        call(session)
    assert target.counters()["connections_accepted"] == 0


def test_url_without_scheme_needs_a_base(make_session: MakeSession) -> None:
    with pytest.raises(ValueError, match="nothing was sent"):
        make_session(base_url="").get("/")


def test_name_keyword_names_the_row(session: Session, recorder: Recorder) -> None:
    assert session.get("/bytes/1", name="item").name == "item"
    assert session.get("/bytes/2", name="item").name == "item"
    assert names(recorder) == {"GET item": 2}


def test_request_name_is_for_calls_that_give_none(session: Session, recorder: Recorder) -> None:
    session.request_name = "group"
    session.get("/bytes/1")
    session.get("/bytes/2", name="own")
    session.get("/bytes/3", name=None)
    session.request_name = None
    session.get("/bytes/4")

    assert names(recorder) == {"GET group": 2, "GET own": 1, "GET /bytes/4": 1}


def test_default_name_is_path_and_query(make_session: MakeSession, recorder: Recorder) -> None:
    make_session().get("/echo?a=1&b=2")
    make_session(full_url_name=True).get("/echo?a=1")

    assert set(names(recorder)) == {"GET /echo?a=1&b=2", "GET /echo?a=1"}


def test_full_url_name_keeps_the_url_as_passed(
    make_session: MakeSession, target: Target, recorder: Recorder
) -> None:
    url = f"http://127.0.0.1:{target.port}/json"
    make_session(full_url_name=True).get(url)
    make_session().get(url)

    assert names(recorder) == {f"GET {url}": 1, "GET /json": 1}


def test_name_after_the_redirects_stays_the_first(session: Session, recorder: Recorder) -> None:
    response = session.get("/redirect/2")

    assert names(recorder) == {"GET /redirect/2": 1}
    assert [hop[:2] for hop in response.history_list()] == [
        (302, response.request_url),
        (302, response.request_url.replace("/2", "/1")),
    ]


def test_fields_add_to_and_override_the_profile(make_session: MakeSession) -> None:
    session = make_session(headers=(("Accept", "text/html"), ("X-Keep", "1"), ("X-Drop", "2")))

    plain = echoed(session.get("/echo"))["headers"]
    added = echoed(session.get("/echo", fields=[("X-New", "3")]))["headers"]
    changed = session.get("/echo", fields=[("accept", "*/*"), ("X-Drop", None)])

    host = plain[0]
    assert plain == [host, ["Accept", "text/html"], ["X-Keep", "1"], ["X-Drop", "2"]]
    assert added == [*plain, ["X-New", "3"]]
    sent = {name.lower(): value for name, value in echoed(changed)["headers"]}
    assert sent == {"host": host[1], "accept": "*/*", "x-keep": "1"}
    assert ("X-Keep", "1") in changed.request_header_list()


def test_fields_of_one_call_are_not_in_the_next(session: Session) -> None:
    first = session.get("/echo", fields=[("X-One", "1"), ("Authorization", "Basic x")])
    second = session.get("/echo")

    assert ["X-One", "1"] in echoed(first)["headers"]
    assert [name for name, _ in echoed(second)["headers"]] == ["Host"]


@pytest.mark.parametrize("more", [[], [("Authorization", "Basic x")]])
def test_repeated_field_is_sent_repeatedly(session: Session, more: list[tuple[str, str]]) -> None:
    sent = echoed(session.get("/echo", fields=[("X-A", "1"), ("X-A", "2"), *more]))["headers"]
    assert [value for name, value in sent if name == "X-A"] == ["1", "2"]


@pytest.mark.parametrize("body", [b"", b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_body_is_any_buffer(session: Session, body: Any) -> None:
    response = session.post("/echo", body=body)

    assert echoed(response)["body"] == bytes(body).decode()
    assert response.request_body == bytes(body)


def test_large_body_arrives_whole(session: Session) -> None:
    body = b"0123456789" * 100_000
    assert echoed(session.put("/echo", body=body))["body"] == body.decode()


def test_body_of_one_call_is_not_in_the_next(session: Session) -> None:
    session.post("/echo", body=b"abc")
    response = session.post("/echo")

    assert echoed(response)["body"] == ""
    assert response.request_body is None


def test_redirects_are_followed_unless_told(make_session: MakeSession) -> None:
    session = make_session()
    assert session.get("/redirect/2").status_code == 200
    assert session.get("/redirect/2", allow_redirects=False).status_code == 302

    never = make_session(follow_redirects=False)
    assert never.get("/redirect/2").status_code == 302
    assert never.get("/redirect/2", allow_redirects=True).status_code == 200


def test_too_many_redirects_are_a_failed_row(make_session: MakeSession, recorder: Recorder) -> None:
    response = make_session(max_redirects=3).get("/redirect/4")

    assert (response.status_code, response.failure_code) == (0, "redirect")
    entry = recorder.collect().entry("GET", "/redirect/4")
    assert entry is not None
    assert (entry.num_failures, entry.exchanges, entry.hops) == (1, 4, 3)


def test_other_keywords_go_through_prepare(session: Any, recorder: Recorder) -> None:
    session.native = {"body": b"prepared", "name": "row", "url": "/echo?p=1"}

    response = session.post("/echo", {"a": 1}, json=None, params=[("p", 1)], name="given")

    assert echoed(response)["body"] == "prepared"
    assert echoed(response)["target"] == "/echo?p=1"
    assert session.prepared == [
        ("POST", "/echo", {"data": {"a": 1}, "json": None, "params": [("p", 1)], "name": "given"})
    ]
    assert names(recorder) == {"POST row": 1}


def test_prepare_may_lend_a_profile_for_one_call(session: Any, recorder: Recorder) -> None:
    session.native = {"profile": recorder.profile(session.profile.base_url, [("X-P", "1")])}

    lent = session.get("/echo", auth=None)
    session.get("/echo")

    assert ["X-P", "1"] in echoed(lent)["headers"]
    assert session.profile is not session.native["profile"]


def test_url_keyword(session: Any) -> None:
    session.native = {}
    assert session.get(url="/json").status_code == 200
    assert session.prepared == [("GET", "/json", {})]


def test_prepare_that_returns_an_unknown_keyword(session: Any) -> None:
    session.native = {"colour": "red"}
    with pytest.raises(TypeError, match="colour"):
        session.get("/", colour="red")


def test_profile_may_be_replaced(session: Session, recorder: Recorder) -> None:
    session.profile = recorder.profile(session.profile.base_url, [("X-New", "1")])
    assert ["X-New", "1"] in echoed(session.get("/echo"))["headers"]
    with pytest.raises(TypeError, match="Profile"):
        session.profile = None  # type: ignore[assignment]  # what a script may do


def test_session_needs_a_profile() -> None:
    with pytest.raises(TypeError):
        Session("http://127.0.0.1")  # type: ignore[arg-type]  # what a script may do


def test_session_whose_init_was_skipped_says_so() -> None:
    class Careless(Session):
        def __init__(self) -> None:
            """Forget super()."""

    with pytest.raises(RuntimeError, match="__init__"):
        Careless().get("/")


def test_response_class_must_be_a_response(recorder: Recorder, target: Target) -> None:
    """Anything else would be memory of the wrong shape."""

    class Wrong(Session):
        response_class = dict

    session = Wrong(recorder.profile(f"http://127.0.0.1:{target.port}", []))
    with pytest.raises(TypeError, match="response_class"):
        session.get("/")


def test_equal_profiles_are_one_object(recorder: Recorder) -> None:
    def profile(**options: Any) -> Profile:
        headers = options.pop("headers", (("A", "1"),))
        return recorder.profile("http://127.0.0.1", headers, **options)

    one = profile(read_timeout_s=1.0, max_redirects=5)
    assert profile(max_redirects=5, read_timeout_s=1.0) is one
    assert profile(headers=[("A", "1")], read_timeout_s=1.0, max_redirects=5) is one
    assert profile(max_redirects=5) is not one
    assert profile(headers=(("A", "2"),), read_timeout_s=1.0, max_redirects=5) is not one
    assert one.base_url == "http://127.0.0.1"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"read_timeout_s": 0}, ValueError),
        ({"connect_timeout_s": -1}, ValueError),
        ({"total_timeout_s": float("nan")}, ValueError),
        ({"read_timeout_s": "1"}, TypeError),
        ({"max_redirects": 1.5}, TypeError),
        ({"cert": 17}, TypeError),
        ({"cert": ("only one",)}, TypeError),
        ({"colour": "red"}, TypeError),
    ],
)
def test_profile_refuses_wrong_options(
    recorder: Recorder, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        recorder.profile("http://127.0.0.1", [], **options)


@pytest.mark.parametrize("headers", [[("A",)], [("A", 1)], ["A: b"], 17])
def test_profile_refuses_what_are_no_headers(recorder: Recorder, headers: Any) -> None:
    with pytest.raises(TypeError):
        recorder.profile("http://127.0.0.1", headers)


def test_more_urls_than_the_cache_holds(session: Session, recorder: Recorder) -> None:
    """Prepared requests are dropped at 1,000 a verb, names beyond 1,000 count as one."""
    for number in range(1100):
        session.get(f"/bytes/{number % 7}?id={number}")

    snapshot = recorder.collect()
    assert snapshot.total.num_requests == 1100
    assert snapshot.dropped_names > 0


def test_a_profile_takes_the_known_http_versions_only(recorder: Recorder) -> None:
    for version in (None, "1.1", "2", "h2c"):
        recorder.profile("http://h", (), http_version=version)
    with pytest.raises(ValueError, match=r"'1\.1', '2' or 'h2c', not '3'"):
        recorder.profile("http://h", (), http_version="3")
