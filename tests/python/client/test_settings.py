"""Settings are shared while they are equal; credentials and trust come from where they should."""

import certifi
import pytest

from locust_like.client import settings


def test_equal_options_share_one_object() -> None:
    first = settings.shared_settings("http://h", (), verify=True)
    assert settings.shared_settings("http://h", (), verify=True) is first
    assert settings.shared_settings("http://h", (), verify=False) is not first


def test_default_headers_of_the_class_win_in_any_case() -> None:
    made = settings.shared_settings("http://h", (("accept", "text/html"), ("X", "1")))
    names = [name for name, _ in made.headers]
    assert names == ["User-Agent", "Accept-Encoding", "accept", "X"]


@pytest.mark.parametrize(
    ("url", "plain", "authorization"),
    [
        ("http://host:81/a", "http://host:81/a", None),
        ("http://u:p@host/a", "http://host/a", "Basic dTpw"),
        ("http://u%40x:p%3A@[::1]:8/a", "http://[::1]:8/a", "Basic dUB4OnA6"),
        ("http://host/a@b", "http://host/a@b", None),
    ],
)
def test_credentials_leave_the_url(url: str, plain: str, authorization: str | None) -> None:
    assert settings.split_credentials(url) == (plain, authorization)


def test_an_explicit_authorization_header_wins() -> None:
    made = settings.shared_settings("http://u:p@h", (("authorization", "Bearer t"),))
    assert [v for n, v in made.profile_headers if n.lower() == "authorization"] == ["Bearer t"]


def test_credentials_outside_latin_1_are_sent_as_utf_8() -> None:
    assert settings.basic_authorization("ü", "€") == "Basic /Drigqw="


@pytest.fixture
def no_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_trust")
def test_trust_is_certifis_where_nothing_is_named() -> None:
    assert settings.trust(verify=True) == certifi.where()
    assert settings.trust(verify=False) is False
    assert settings.trust(verify="/ca.pem") == "/ca.pem"


@pytest.mark.usefixtures("no_trust")
@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_trust_is_left_to_the_core_where_the_environment_names_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "/ca.pem")
    assert settings.trust(verify=True) is True


def test_the_http_version_is_an_option_of_the_profile() -> None:
    made = settings.shared_settings("http://h", (), http_version="h2c")
    assert made.profile_options["http_version"] == "h2c"
    assert settings.shared_settings("http://h", ()).profile_options["http_version"] is None
