"""An HTTP server for tests of sessions: it answers what the request asks for.

    /cookies/set?NAME=VALUE   Set-Cookie of each parameter, then a redirect to /cookies
    /plain?head=NAME:VALUE    200 with these header fields; `body=` is the body
    /to?url=URL&status=302    a redirect; `head=` as above
    /auth                     401 without Authorization
    /digest                   401 without the right Digest answer for user `user`, password
                              `secret`, else how often its nonce was used; none may be left out
    anything else             JSON: method, path, headers (names in lower case), body as Latin-1

`localhost` and `127.0.0.1` are two hosts for it. It runs as a process of its own and prints its
URL.
"""

from __future__ import annotations

import hashlib
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from urllib.parse import parse_qs, urlsplit
from urllib.request import parse_http_list, parse_keqv_list

COUNTS: dict[str, int] = {}  # how often each nonce was used


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class SessionHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        """Read a request of any method and answer it."""
        self.raw_requestline = self.rfile.readline(65537)
        if not self.raw_requestline or not self.parse_request():
            self.close_connection = True
            return
        self.body = self.read_body()
        parts = urlsplit(self.path)
        self.query = parse_qs(parts.query, keep_blank_values=True, encoding="latin-1")
        answer = {
            "/cookies/set": self.set_cookies,
            "/plain": self.plain,
            "/to": self.redirect,
            "/auth": self.demand_credentials,
            "/digest": self.challenge,
        }.get(parts.path, self.echo)
        answer()
        self.wfile.flush()

    def read_body(self) -> bytes:
        """Read it as the head frames it."""
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def reply(self, status: int, body: bytes, *fields: tuple[str, str]) -> None:
        """Send a reply with the fields of `head=` added."""
        self.send_response(status)
        asked = (field.partition(":") for field in self.query.get("head", []))
        for name, value in (*fields, *((name, value) for name, _, value in asked)):
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def set_cookies(self) -> None:
        """Set each parameter as a cookie."""
        fields = [("Set-Cookie", f"{name}={v[0]}; Path=/") for name, v in self.query.items()]
        self.query = {}
        self.reply(302, b"", ("Location", "/cookies"), *fields)

    def plain(self) -> None:
        """Answer with the body that was asked for."""
        self.reply(200, self.query.get("body", [""])[0].encode("latin-1"))

    def redirect(self) -> None:
        """Send the client elsewhere."""
        status = int(self.query.get("status", ["302"])[0])
        self.reply(status, b"", ("Location", self.query["url"][0]))

    def demand_credentials(self) -> None:
        """Let only those in who say who they are."""
        given = self.headers.get("Authorization")
        self.reply(401 if given is None else 200, (given or "").encode())

    def challenge(self) -> None:
        """Check an answer as RFC 7616 says."""
        given = parse_keqv_list(parse_http_list(self.headers.get("Authorization", "")[7:]))
        secret = _md5("user:here:secret")
        middle = f"{given.get('nonce')}:{given.get('nc')}:{given.get('cnonce')}:auth"
        right = _md5(f"{secret}:{middle}:{_md5(f'{self.command}:{self.path}')}")
        nonce, count = given.get("nonce", ""), int(given.get("nc", "0"), 16)
        if given.get("response") == right and count == COUNTS.get(nonce, -1) + 1:
            COUNTS[nonce] = count
            self.reply(200, str(count).encode())
        else:
            nonce = token_hex()
            COUNTS[nonce] = 0
            challenge = f'Digest realm="here", nonce="{nonce}", qop="auth", algorithm=MD5'
            self.reply(401, b"who?", ("WWW-Authenticate", challenge))

    def echo(self) -> None:
        """Say what arrived."""
        seen = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": self.body.decode("latin-1"),
        }
        self.reply(200, json.dumps(seen).encode(), ("Content-Type", "application/json"))

    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    with ThreadingHTTPServer(("127.0.0.1", 0), SessionHandler) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
