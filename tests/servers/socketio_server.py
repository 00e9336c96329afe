"""python-socketio's own server, in gevent."""

import sys

from gevent import monkey

monkey.patch_all()

import socketio  # noqa: E402 - after patching
from gevent.pywsgi import WSGIServer  # noqa: E402

sio = socketio.Server(async_mode="gevent")
guests: set[str] = set()


@sio.event  # type: ignore[untyped-decorator]  # python-socketio has no types
def connect(sid: str, environ: object) -> None:
    guests.add(sid)


@sio.event  # type: ignore[untyped-decorator]
def disconnect(sid: str, reason: str) -> None:
    guests.discard(sid)
    sys.stdout.write(f"left, {len(guests)} here\n")
    sys.stdout.flush()


@sio.event  # type: ignore[untyped-decorator]
def say(sid: str, text: str) -> None:
    sio.emit("said", text)


@sio.event  # type: ignore[untyped-decorator]
def ask(sid: str, text: str) -> int:
    return len(guests)


if __name__ == "__main__":
    server = WSGIServer(("127.0.0.1", 0), socketio.WSGIApp(sio), log=None)
    server.start()
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
