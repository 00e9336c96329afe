"""Proxies and TLS options against servers of others: what they log is what a run reports."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .peers import Peer, end, free_port, make_certificate, serve

NGINX_CONF = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 1000; }}
http {{
  log_format seen "$server_protocol $status $ssl_protocol $ssl_session_reused $ssl_server_name";
  access_log {folder}/access.log seen;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_client_certificate {folder}/cert.pem; ssl_verify_client optional;
  ssl_session_cache shared:seen:1m;
  server {{
    listen 127.0.0.1:{port} ssl http2; listen 127.0.0.1:{plain_port};
    add_header X-Verified $ssl_client_verify; return 200 "served";
  }}
}}
"""

TINYPROXY_CONF = """
Listen 127.0.0.1
Port {port}
Timeout 60
LogLevel Connect
BasicAuth me secret
"""

HAPROXY_CONF = """
defaults
  mode tcp
  timeout connect 5s
  timeout client 60s
  timeout server 60s
listen secure
  bind 127.0.0.1:{port} ssl crt {folder}/both.pem
  server tinyproxy {proxy}
"""

# One user: every request of `urls`, then the run ends.
TEXT = """
from locust import HttpUser, task
from locust.exception import StopUser

class Visitor(HttpUser):
    host = "https://127.0.0.1:1"
    tls_verify = "cert.pem"
    {attributes}

    @task
    def call(self):
        {prepare}
        for url in {urls!r}:
            seen = self.client.get(url, name="/")
            {check}
        self.environment.runner.quit()
        raise StopUser
"""


def locustfile(urls: list[str], *, attributes: str = "", prepare: str = "", check: str = "") -> str:
    return TEXT.format(
        urls=urls, attributes=attributes, prepare=prepare or "pass", check=check or "pass"
    )


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Peer]:
    """Run nginx with TLS, and without it on the next port."""
    make_certificate(tmp_path)
    tmp_path.chmod(0o755)
    port, plain_port = free_port(), free_port()
    conf = NGINX_CONF.format(folder=tmp_path, port=port, plain_port=plain_port)
    (tmp_path / "nginx.conf").write_text(conf)
    (tmp_path / "plain_port").write_text(str(plain_port))
    command = ["nginx", "-c", f"{tmp_path}/nginx.conf", "-e", f"{tmp_path}/error.log"]
    process = serve(command, port, tmp_path / "nginx.out")
    yield Peer(f"https://127.0.0.1:{port}", tmp_path / "access.log")
    end(process)


@pytest.fixture
def plain_url(origin: Peer) -> str:
    """Where the same server listens without TLS."""
    return f"http://127.0.0.1:{(origin.log.parent / 'plain_port').read_text()}"


@pytest.fixture
def tinyproxy(tmp_path: Path) -> Iterator[Peer]:
    """Run tinyproxy, which demands a user and password."""
    port, log = free_port(), tmp_path / "tinyproxy.log"
    (tmp_path / "tinyproxy.conf").write_text(TINYPROXY_CONF.format(port=port))
    process = serve(["tinyproxy", "-d", "-c", f"{tmp_path}/tinyproxy.conf"], port, log)
    yield Peer(f"127.0.0.1:{port}", log)
    end(process)


@pytest.fixture
def microsocks(tmp_path: Path) -> Iterator[Peer]:
    """Run microsocks, which demands a user and password."""
    port, log = free_port(), tmp_path / "microsocks.log"
    command = ["microsocks", "-i", "127.0.0.1", "-p", str(port), "-u", "me", "-P", "secret"]
    process = serve(command, port, log)
    yield Peer(f"127.0.0.1:{port}", log)
    end(process)


def logged(peer: Peer) -> list[list[str]]:
    return [line.split() for line in peer.log.read_text().splitlines()]


def test_tinyproxy_leads_to_both_kinds_of_servers(
    origin: Peer, plain_url: str, tinyproxy: Peer, run: Callable[..., Any]
) -> None:
    text = locustfile(
        [origin.url, f"{plain_url}/a"] * 5,
        prepare=f"self.client.proxies = {{'all': 'http://me:secret@{tinyproxy.url}'}}",
        check=f"assert seen.remote_address == {tinyproxy.url!r}, seen.error",
    )
    done = run(text, "-u", "1")
    assert done.code == 0, done.stderr
    protocols = [line[0] for line in logged(origin)]
    assert (protocols.count("HTTP/2.0"), len(protocols)) == (5, 10)
    seen = tinyproxy.log.read_text()
    assert seen.count("CONNECT 127.0.0.1:") == 1  # five requests in one tunnel
    assert seen.count(f"GET {plain_url}/a ") == 5
    assert "secret" not in done.stderr + done.stdout


def test_a_wrong_password_is_a_failure_of_the_proxy(
    origin: Peer, tinyproxy: Peer, run: Callable[..., Any]
) -> None:
    text = locustfile(
        [origin.url] * 2,
        prepare=f"self.client.proxies['https'] = 'http://me:hidden@{tinyproxy.url}'",
        check="assert seen.error.code == 'proxy', seen.error",
    )
    done = run(text, "-u", "1")
    assert done.sum_of("num_failures") == done.sum_of("num_requests") == 2
    assert "proxy refuses CONNECT 127.0.0.1:" in done.stderr
    assert "hidden" not in done.stderr
    assert not origin.log.read_text()


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_microsocks_leads_to_both_kinds_of_servers(
    scheme: str, origin: Peer, plain_url: str, microsocks: Peer, run: Callable[..., Any]
) -> None:
    text = locustfile(
        [origin.url, plain_url] * 5,
        prepare=f"self.client.proxies = {{'all': '{scheme}://me:secret@{microsocks.url}'}}",
    )
    done = run(text, "-u", "1")
    assert done.code == 0, done.stderr
    assert len(logged(origin)) == done.sum_of("num_requests") == 10
    assert microsocks.log.read_text().count("connected to 127.0.0.1:") == 2


def test_microsocks_that_reaches_nobody_says_so(microsocks: Peer, run: Callable[..., Any]) -> None:
    text = locustfile(
        ["http://127.0.0.1:1/"],
        prepare=f"self.client.proxies = {{'http': 'socks5://me:secret@{microsocks.url}'}}",
    )
    done = run(text, "-u", "1")
    assert "no way to 127.0.0.1:1: connection refused" in done.stderr, done.stderr


@pytest.mark.parametrize(("resumes", "reused"), [(True, [".", "r", "r"]), (False, ["."] * 3)])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_later_connections_resume_only_when_asked_to(
    origin: Peer, run: Callable[..., Any], version: str, resumes: bool, reused: list[str]
) -> None:
    attributes = (
        f"tls_resumption = {resumes}; tls_max_version = {version!r}; http_version = '1.1'; "
        "default_headers = {'Connection': 'close'}"
    )
    done = run(locustfile([origin.url] * 3, attributes=attributes), "-u", "1")
    assert done.code == 0, done.stderr
    seen = [(line[2], line[3]) for line in logged(origin)]
    assert seen == [(f"TLSv{version}", mark) for mark in reused]


def test_the_server_name_is_what_was_asked_for(origin: Peer, run: Callable[..., Any]) -> None:
    text = locustfile([origin.url], attributes="tls_server_name = 'peer.test'")
    done = run(text, "-u", "1")
    assert done.code == 0, done.stderr
    assert logged(origin)[0][-1] == "peer.test"
    refused = run(locustfile([origin.url], attributes="tls_server_name = 'x.test'"), "-u", "1")
    assert "ostname mismatch" in refused.stderr, refused.stderr


def test_a_client_certificate_is_shown(origin: Peer, run: Callable[..., Any]) -> None:
    check = "assert seen.headers['X-Verified'] == 'SUCCESS', seen.headers"
    text = locustfile([origin.url], attributes="tls_cert = ('cert.pem', 'key.pem')", check=check)
    done = run(text, "-u", "1")
    assert done.code == 0, done.stderr


def test_keys_are_logged_where_wireshark_looks(
    origin: Peer, run: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys.log"))
    done = run(locustfile([origin.url]), "-u", "1")
    assert done.code == 0, done.stderr
    assert "CLIENT_TRAFFIC_SECRET_0" in (tmp_path / "keys.log").read_text()


def test_openssl_agrees_with_the_ciphers(run: Callable[..., Any], tmp_path: Path) -> None:
    make_certificate(tmp_path)
    port = free_port()
    files = f"-cert {tmp_path}/cert.pem -key {tmp_path}/key.pem"
    command = f"openssl s_server -accept 127.0.0.1:{port} -www {files}".split()
    process = serve(command, port, tmp_path / "openssl.log")
    check = "assert 'TLS_CHACHA20_POLY1305_SHA256' in seen.text, (seen.error, seen.text)"
    attributes = "tls_ciphers = 'TLS_CHACHA20_POLY1305_SHA256'; http_version = '1.1'"
    text = locustfile([f"https://127.0.0.1:{port}/"], attributes=attributes, check=check)
    done = run(text, "-u", "1")
    assert done.code == 0, done.stderr
    end(process)


@pytest.fixture
def haproxy(origin: Peer, tinyproxy: Peer) -> Iterator[Peer]:
    """Put TLS in front of tinyproxy, with the certificate of the origin."""
    folder, port = origin.log.parent, free_port()
    both = (folder / "cert.pem").read_text() + (folder / "key.pem").read_text()
    (folder / "both.pem").write_text(both)
    (folder / "haproxy.conf").write_text(
        HAPROXY_CONF.format(folder=folder, port=port, proxy=tinyproxy.url)
    )
    command = ["haproxy", "-db", "-f", f"{folder}/haproxy.conf"]
    process = serve(command, port, folder / "haproxy.log")
    yield Peer(f"127.0.0.1:{port}", tinyproxy.log)
    end(process)


def test_a_proxy_over_tls_leads_to_both_kinds_of_servers(
    origin: Peer, plain_url: str, haproxy: Peer, run: Callable[..., Any]
) -> None:
    text = locustfile(
        [origin.url, f"{plain_url}/a"] * 5,
        prepare=f"self.client.proxies = {{'all': 'https://me:secret@{haproxy.url}'}}",
        check=f"assert seen.remote_address == {haproxy.url!r}, seen.error",
    )
    done = run(text, "-u", "1")
    assert done.code == 0, done.stderr
    protocols = [line[0] for line in logged(origin)]
    assert (protocols.count("HTTP/2.0"), len(protocols)) == (5, 10)
    seen = haproxy.log.read_text()
    assert seen.count("CONNECT 127.0.0.1:") == 1  # five requests in one tunnel, TLS in TLS
    assert seen.count(f"GET {plain_url}/a ") == 5


@pytest.mark.parametrize("plain", [True, False])
def test_a_proxy_whose_certificate_is_not_trusted_is_told_nothing(
    plain: bool, origin: Peer, plain_url: str, haproxy: Peer, run: Callable[..., Any]
) -> None:
    text = locustfile(
        [plain_url if plain else origin.url],
        attributes="tls_verify = True",
        prepare=f"self.client.proxies = {{'all': 'https://me:secret@{haproxy.url}'}}",
        check="assert seen.error.code == 'proxy', seen.error",
    )
    done = run(text.replace('tls_verify = "cert.pem"', ""), "-u", "1")
    assert "certificate verify failed: self-signed certificate" in " ".join(done.stderr.split())
    assert "AssertionError" not in done.stderr, done.stderr
    assert not origin.log.read_text()
    assert "secret" not in done.stderr + haproxy.log.read_text()


def test_a_proxy_that_does_not_speak_tls_is_a_failure_of_the_proxy(
    plain_url: str, run: Callable[..., Any]
) -> None:
    text = locustfile(
        [plain_url],
        prepare=f"self.client.proxies = {{'all': 'https://{urlsplit(plain_url).netloc}'}}",
        check="assert seen.error.code == 'proxy', seen.error",
    )
    done = run(text, "-u", "1")
    assert "proxy: TLS handshake" in " ".join(done.stderr.split()), done.stderr
    assert "AssertionError" not in done.stderr
