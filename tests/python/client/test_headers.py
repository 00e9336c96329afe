"""Header mappings ignore case, keep order, and tell of changes."""

from locust_like.client.headers import Headers, SessionHeaders


def test_names_are_found_in_any_case_and_keep_theirs() -> None:
    headers = Headers({"Content-Type": "text/html"})
    assert headers["content-type"] == "text/html"
    assert "CONTENT-TYPE" in headers
    assert list(headers) == ["Content-Type"]


def test_lines_with_one_name_are_joined() -> None:
    headers = Headers([("Vary", "Accept"), ("X", "1"), ("vary", "Cookie")])
    assert dict(headers) == {"Vary": "Accept, Cookie", "X": "1"}


def test_setting_replaces_and_deleting_removes() -> None:
    headers = Headers([("A", "1"), ("B", "2")])
    headers["a"] = "3"
    del headers["b"]
    assert dict(headers) == {"a": "3"}
    assert len(headers) == 1


def test_session_headers_tell_of_each_change() -> None:
    told: list[tuple[tuple[str, str], ...]] = []
    headers = SessionHeaders([("A", "1")], told.append)
    headers["B"] = "2"
    headers.update({"a": "3"})
    del headers["B"]
    assert told == [
        (("A", "1"), ("B", "2")),
        (("a", "3"), ("B", "2")),
        (("a", "3"),),
    ]
