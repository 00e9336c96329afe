"""What bodies and headers say about themselves."""

import pytest
from requests.utils import parse_header_links

from locust_like.client.bodies import lines_of, links_of, probable_charset


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (b"", "ascii"),
        (b"plain", "ascii"),
        ("é".encode(), "utf-8"),
        ("é".encode("utf-8-sig"), "utf-8-sig"),
        ("é".encode("utf-16"), "utf-16"),
        ("é".encode("utf-32"), "utf-32"),
    ],
)
def test_the_charset_of_bytes(content: bytes, charset: str) -> None:
    assert probable_charset(content) == charset
    content.decode(charset)


def test_bytes_in_an_old_charset_can_be_decoded() -> None:
    content = "Grüße aus Köln, schöne Straße".encode("latin-1")
    assert content.decode(probable_charset(content))


def test_lines_have_no_ends() -> None:
    assert list(lines_of(b"a\r\nb\n\nc")) == [b"a", b"b", b"", b"c"]
    assert list(lines_of("a|b|", "|")) == ["a", "b"]
    assert list(lines_of("")) == []


@pytest.mark.parametrize(
    "header",
    [
        '<https://a.test/?page=2>; rel="next", <https://a.test/?page=5,6>; rel="last"',
        "<http://a.test/>; rel=front; type='image/jpeg'",
        "<http://a.test/plain>",
        '<u>; title="a"; rel=next',
    ],
)
def test_links_are_those_of_requests(header: str) -> None:
    theirs = {link.get("rel") or link["url"]: link for link in parse_header_links(header)}
    assert {k: {**v, "type": "x"} for k, v in links_of(header).items()} == {
        k: {**v, "type": "x"} for k, v in theirs.items()
    }


def test_no_header_has_no_links() -> None:
    assert links_of("") == {}
