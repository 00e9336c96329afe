"""A small web application with a login, for tests of forms: Flask, with a CSRF check.

    /login          GET: a form with a token that belongs to the session; POST: needs it
    /account        who is logged in; a redirect to /login for others
    /settings       GET: a form with every kind of field; POST (multipart): what arrived, as JSON
    /search         GET: a form that is sent as a query, and what arrived of it
    /page?body=     that HTML
    anything else   JSON: method, url, form fields as pairs, file names, headers

It runs as a process of its own and prints its URL.
"""

from __future__ import annotations

import secrets
import sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

from flask import Flask, Response, abort, jsonify, redirect, request, session
from werkzeug.wrappers import Response as BaseResponse

_METHODS = ["GET", "POST"]

app = Flask(__name__)
app.secret_key = "for tests"

_SETTINGS = """<!doctype html><title>Settings</title><base href="/deep/er/">
<form id="settings" action="../saved" method="post" enctype="multipart/form-data">
  <input type="hidden" name="token" value="{token}">
  <input name="nick" value="ada">
  <input name="nick" value="second">
  <input type="hidden" name="news" value="no"><input type="checkbox" name="news" value="yes">
  <input type="checkbox" name="topic" value="a" checked>
  <input type="checkbox" name="topic" value="b">
  <input type="radio" name="size" value="s"><input type="radio" name="size" value="m" checked>
  <select name="colour"><option>red<option value="g">green<option disabled>blue</select>
  <select name="days" multiple><option selected>mo<option>tu<option selected>we</select>
  <textarea name="about">
one
two</textarea>
  <input type="file" name="picture">
  <input name="locked" value="x" disabled>
  <fieldset disabled><legend><input name="legend" value="l"></legend><input name="set"></fieldset>
  <input value="no name">
  <button type="button" name="plain">Look</button>
  <input type="submit" name="save" value="Save">
  <button name="remove" value="1" formaction="removed" formmethod="get">Remove it</button>
  <input type="image" name="map">
</form>
<input form="settings" name="outside" value="o">"""


@app.route("/login", methods=_METHODS)
def login() -> str | BaseResponse:
    """Log in."""
    if request.method == "POST":
        if request.form.get("csrf") != session.get("csrf") or not session.get("csrf"):
            abort(403, "wrong token")
        if request.form.get("password") != "secret":
            abort(401, "wrong password")
        session["user"] = request.form["user"]
        return redirect("/account")
    session["csrf"] = secrets.token_hex(8)
    return (
        f'<form method="post"><input type="hidden" name="csrf" value="{session["csrf"]}">'
        '<input name="user"><input type="password" name="password"><button>Log in</button></form>'
    )


@app.route("/account")
def account() -> str | BaseResponse:
    """Greet."""
    return f"<h1>Hello {session['user']}</h1>" if "user" in session else redirect("/login")


@app.route("/settings")
def settings() -> str:
    """Show every kind of field."""
    return _SETTINGS.format(token=secrets.token_hex(8))


@app.route("/page")
def page() -> str:
    """Show what was asked for."""
    return request.args["body"]


@app.route("/<path:path>", methods=_METHODS)
def echo(path: str) -> Response:
    """Say what arrived."""
    del path
    files = [(name, f.filename, f.read().decode()) for name, f in request.files.items(multi=True)]
    return jsonify(
        method=request.method,
        url=request.full_path.rstrip("?"),
        fields=list(request.form.items(multi=True)),
        files=files,
        kind=request.mimetype,
        referer=request.headers.get("Referer"),
        body="" if request.form or request.files else request.get_data(as_text=True),
    )


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    with make_server("127.0.0.1", 0, app, handler_class=_Quiet) as server:
        sys.stdout.write(f"http://127.0.0.1:{server.server_port}\n")
        sys.stdout.flush()
        server.serve_forever()
