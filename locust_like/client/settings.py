"""What a session is configured with, as one shared value.

Ten thousand users of one class have equal settings, so they share one frozen object (and the core
one profile); a session that changes something gets an object of its own.
"""

import os
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Literal, TypedDict
from urllib.parse import unquote, urlsplit, urlunsplit

from locust_like._version import __version__
from locust_like.client.proxies import NO_PROXY, ProxyItems, environment_proxies
from locust_like.client.source_addresses import source_addresses

_DEFAULT_HEADERS = (
    ("User-Agent", f"locust_like/{__version__}"),
    ("Accept-Encoding", "gzip, deflate, br, zstd"),
    ("Accept", "*/*"),
)
_TRUST_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")

HeaderItems = tuple[tuple[str, str], ...]
Certificate = str | tuple[str, str] | None
HttpVersion = Literal["1.1", "2", "h2c"] | None
TlsVersion = Literal["1.2", "1.3"] | None


class SessionOptions(TypedDict, total=False):
    """The options of a session; what is left out has the default of `SessionSettings`."""

    connect_timeout_s: float | None
    read_timeout_s: float | None
    total_timeout_s: float | None
    max_redirects: int
    max_connections: int
    keepalive_expiry_s: float | None
    reuse_connections: bool
    retry_stale: bool
    source_address: str | Sequence[str]
    shared_pool: str
    http_version: HttpVersion
    discard_body: bool
    keeps_cookies: bool
    verify: bool | str
    cert: Certificate
    proxies: Mapping[str, str | None] | None
    tls_min_version: TlsVersion
    tls_max_version: TlsVersion
    tls_ciphers: str | None
    tls_server_name: str | None
    tls_resumption: bool
    default_headers: Mapping[str, str] | None


@dataclass(frozen=True, kw_only=True)
class SessionSettings:
    """Everything that follows from a session's options.

    Attributes:
        base_url: what relative URLs are joined to, without credentials.
        headers: sent with each request.
        authorization: value of the Authorization header, or None.
        connect_timeout_s: name look-up, TCP and TLS; None = no limit.
        read_timeout_s: gap between two pieces of a reply; None = no limit.
        total_timeout_s: a whole call, redirects included; None = no limit.
        max_redirects: hops of one call, at most.
        max_connections: connections of one session to one server, at most.
        keepalive_expiry_s: a connection that was idle for longer is not used again; None = however
            long.
        shared_pool: sessions with the same name here share `max_connections`; "" = its own.
        source_address: addresses of this machine that connections start from, in turn; see
            `client/source_addresses.py`. None given = those of `--source-address`.
        reuse_connections: False = each request, and each hop of a redirect, has its own connection.
        retry_stale: what a kept connection lost is sent again once, as docs/http.md says.
        http_version: "1.1", "2" (over TLS or not at all) or "h2c" (also without TLS, by prior
            knowledge); None = what TLS agrees on, HTTP/1.1 without TLS.
        discard_body: count the bodies of replies without keeping them.
        keeps_cookies: what replies set goes into the session's jar; False = the caller has its own.
        verify: check certificates against the default trust, or against this CA file; or not.
        cert: client certificate, PEM file or (certificate, key).
        proxies: of each scheme or host; see `client/proxies.py`.
        trust_env: take what `proxies` does not say from the environment.
        tls_min_version: None = "1.2".
        tls_max_version: None = the newest.
        tls_ciphers: OpenSSL's list; names with TLS_ in front are suites of TLS 1.3.
        tls_server_name: what servers are asked for (SNI) and must have a certificate of; None =
            the host of the URL.
        tls_resumption: make short handshakes with servers that this session had a connection to.
        full_url_name: name requests by the URL as passed, not by its path and query.
    """

    base_url: str
    headers: HeaderItems = _DEFAULT_HEADERS
    authorization: str | None = None
    connect_timeout_s: float | None = None
    read_timeout_s: float | None = None
    total_timeout_s: float | None = None
    max_redirects: int = 30
    max_connections: int = 10
    keepalive_expiry_s: float | None = 118.0
    reuse_connections: bool = True
    retry_stale: bool = True
    source_address: str | tuple[str, ...] = ()
    shared_pool: str = ""
    http_version: HttpVersion = None
    discard_body: bool = False
    keeps_cookies: bool = True
    verify: bool | str = True
    cert: Certificate = None
    proxies: ProxyItems = ()
    trust_env: bool = False
    tls_min_version: TlsVersion = None
    tls_max_version: TlsVersion = None
    tls_ciphers: str | None = None
    tls_server_name: str | None = None
    tls_resumption: bool = False
    full_url_name: bool = False

    @cached_property
    def profile_headers(self) -> HeaderItems:
        """The headers, with the one that carries the credentials."""
        named = any(name.lower() == "authorization" for name, _ in self.headers)
        if self.authorization is None or named:
            return self.headers
        return (*self.headers, ("Authorization", self.authorization))

    @cached_property
    def profile_options(self) -> dict[str, Any]:
        """The keywords for `Recorder.profile`; not to be changed."""
        proxies = {**(environment_proxies() if self.trust_env else {}), **dict(self.proxies)}
        no_proxy = proxies.pop(NO_PROXY, "")
        return {
            "connect_timeout_s": self.connect_timeout_s,
            "read_timeout_s": self.read_timeout_s,
            "total_timeout_s": self.total_timeout_s,
            "max_redirects": self.max_redirects,
            "max_connections": self.max_connections,
            "keepalive_expiry_s": self.keepalive_expiry_s,
            "reuse_connections": self.reuse_connections,
            "retry_stale": self.retry_stale,
            "shared_pool": self.shared_pool,
            "source_addresses": source_addresses(self.source_address),
            "http_version": self.http_version,
            "discard_body": self.discard_body,
            "keeps_cookies": self.keeps_cookies,
            "verify": trust(verify=self.verify),
            "cert": self.cert,
            "proxies": tuple(proxies.items()),
            "no_proxy": no_proxy,
            "tls_min_version": self.tls_min_version,
            "tls_max_version": self.tls_max_version,
            "tls_ciphers": self.tls_ciphers,
            "tls_server_name": self.tls_server_name,
            "tls_resumption": self.tls_resumption,
            "full_url_name": self.full_url_name,
        }


@lru_cache(maxsize=256)
def shared_settings(base_url: str, default_headers: HeaderItems, **options: Any) -> SessionSettings:
    """Return the settings of these options; equal arguments give the same object.

    Args:
        base_url: may hold credentials, which become the Authorization header.
        default_headers: win over the client's own, whatever the case of the name.
        options: fields of SessionSettings.
    """
    plain_url, authorization = split_credentials(base_url)
    replaced = {name.lower() for name, _ in default_headers}
    kept = tuple(item for item in _DEFAULT_HEADERS if item[0].lower() not in replaced)
    return SessionSettings(
        base_url=plain_url,
        headers=(*kept, *default_headers),
        authorization=authorization,
        **options,
    )


def split_credentials(url: str) -> tuple[str, str | None]:
    """Take the credentials out of a URL.

    Returns:
        The URL without them, and the Authorization value or None.
    """
    if "@" not in url:
        return url, None
    parts = urlsplit(url)
    userinfo, at, address = parts.netloc.rpartition("@")
    if not at:
        return url, None
    user, _, password = userinfo.partition(":")
    plain = urlunsplit((parts.scheme, address, parts.path, parts.query, parts.fragment))
    return plain, basic_authorization(unquote(user), unquote(password))


def basic_authorization(user: str | bytes, password: str | bytes) -> str:
    """Return the Authorization value of HTTP Basic; text is sent as Latin-1 where it fits.

    Source: RFC 7617; requests encodes as Latin-1, and so do we where the text allows it.
    """
    token = b":".join(_credential_bytes(part) for part in (user, password))
    return f"Basic {b64encode(token).decode('ascii')}"


def _credential_bytes(part: str | bytes) -> bytes:
    if isinstance(part, bytes):
        return part
    try:
        return part.encode("latin-1")
    except UnicodeEncodeError:
        return part.encode("utf-8")


def trust(*, verify: bool | str) -> bool | str:
    """Return what the core verifies against.

    Returns:
        False, a CA file, or True for the trust that the environment names.

    Source: the order SSL_CERT_FILE, SSL_CERT_DIR, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE, certifi.
    """
    if verify is not True or any(os.environ.get(name) for name in _TRUST_VARIABLES):
        return verify
    # Late, because runs without https need no trust store.
    import certifi

    return certifi.where()
