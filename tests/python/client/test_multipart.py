"""Forms with files: compared with what requests itself makes of the same arguments."""

import io
from pathlib import Path
from typing import Any

import pytest
import requests

from locust_like.client.multipart import multipart_body
from locust_like.client.session import HttpSession


def as_requests_does(data: Any, files: Any) -> tuple[bytes, str]:
    """Return body and Content-Type of requests, its boundary replaced."""
    sent = requests.Request("POST", "http://a.test/", data=data, files=files).prepare()
    content_type = sent.headers["Content-Type"]
    boundary = content_type.rpartition("=")[2]
    assert isinstance(sent.body, bytes)
    return sent.body.replace(boundary.encode(), b"B"), content_type.replace(boundary, "B")


def ours(data: Any, files: Any) -> tuple[bytes, str]:
    body, content_type = multipart_body(data, files)
    assert isinstance(body, bytes)
    boundary = content_type.rpartition("=")[2]
    return body.replace(boundary.encode(), b"B"), content_type.replace(boundary, "B")


@pytest.mark.parametrize(
    ("data", "files"),
    [
        (None, {"f": b"bytes"}),
        (None, {"f": "text é"}),
        (None, {"f": ("name.txt", b"x")}),
        (None, {"f": ("name.txt", "x", "text/plain")}),
        (None, {"f": ("name.txt", "x", "text/plain", {"X-Part": "1"})}),
        (None, {"f": ('na"me\r\n.txt', b"x")}),
        (None, [("f", b"1"), ("f", b"2")]),
        ({"a": "1", "b": ["x", "y"], "n": 3, "none": None}, {"f": b"x"}),
        ([("a", "1"), ("a", b"\xff")], {"f": b"x", "skipped": ("n", None)}),
    ],
)
def test_a_form_equals_that_of_requests(data: Any, files: Any) -> None:
    assert ours(data, files) == as_requests_does(data, files)


def test_a_file_object_is_read_and_gives_its_name(tmp_path: Path) -> None:
    path = tmp_path / "report.bin"
    path.write_bytes(bytes(range(256)))
    with path.open("rb") as first, path.open("rb") as second:
        assert ours(None, {"f": first}) == as_requests_does(None, {"f": second})
    assert ours(None, {"f": io.BytesIO(b"x")}) == as_requests_does(None, {"f": io.BytesIO(b"x")})


def test_what_cannot_be_a_form_is_refused() -> None:
    with pytest.raises(ValueError, match="must be a mapping or pairs"):
        multipart_body("text", {"f": b""})
    with pytest.raises(ValueError, match="CR, LF or NUL"):
        multipart_body(None, {"f": ("n", b"", "text/plain\r\nX: 1")})


def test_a_server_gets_the_form(user: HttpSession) -> None:
    seen = user.post("/any", data={"a": "1"}, files={"f": ("n.txt", b"content")}).json()
    assert seen["headers"]["content-type"].startswith("multipart/form-data; boundary=")
    assert int(seen["headers"]["content-length"]) == len(seen["body"])
    assert 'name="f"; filename="n.txt"\r\n\r\ncontent\r\n' in seen["body"]
