"""A server that speaks MongoDB's wire protocol, as far as PyMongo's `find` needs it.

Debian has no MongoDB, and no package index has its server; so this is the protocol with the BSON
of PyMongo around a table in memory. `find` in the collection `together` answers when 20 have come.

Source: MongoDB's specification of the wire protocol, OP_MSG and, for the first hello, OP_QUERY.
"""

import socketserver
import struct
import sys
import threading
from typing import Any

import bson

HEADER = struct.Struct("<iiii")  # length, request id, response to, opcode
OP_REPLY, OP_QUERY, OP_MSG = 1, 2004, 2013
ARTICLES = [{"_id": n, "colour": ("red", "blue")[n % 2]} for n in range(10)]
TOGETHER = threading.Barrier(20)
PATIENCE_S = 30


def answer(command: dict[str, Any]) -> dict[str, Any]:
    name = next(iter(command))
    if name.lower() in ("hello", "ismaster"):
        return {
            "helloOk": True,
            "isWritablePrimary": True,
            "ismaster": True,
            "maxBsonObjectSize": 1 << 24,
            "maxMessageSizeBytes": 48_000_000,
            "maxWriteBatchSize": 100_000,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "ok": 1.0,
        }
    if name == "find":
        return found(command)
    if name in ("ping", "endSessions"):
        return {"ok": 1.0}
    return {"ok": 0.0, "errmsg": f"no such command: '{name}'", "code": 59}


def found(command: dict[str, Any]) -> dict[str, Any]:
    if command["find"] == "together":
        TOGETHER.wait(PATIENCE_S)
    wanted = command.get("filter", {})
    if any(key.startswith("$") for key in wanted):
        return {"ok": 0.0, "errmsg": f"unknown top level operator: {wanted}", "code": 2}
    rows = [row for row in ARTICLES if wanted.items() <= row.items()]
    namespace = f"{command['$db']}.{command['find']}"
    return {"cursor": {"id": bson.Int64(0), "ns": namespace, "firstBatch": rows}, "ok": 1.0}


class Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while header := self.rfile.read(HEADER.size):
            length, request_id, _, opcode = HEADER.unpack(header)
            body = self.rfile.read(length - HEADER.size)
            if opcode == OP_QUERY:
                # flags, name with its zero, skip and limit, the command
                command = bson.decode(body[body.index(b"\0", 4) + 9 :])
                prefix = struct.pack("<iqii", 8, 0, 0, 1)
                self.send(OP_REPLY, request_id, prefix + bson.encode(answer(command)))
            else:
                command = bson.decode(body[5:])  # flags, and the kind of the only section
                self.send(OP_MSG, request_id, bytes(5) + bson.encode(answer(command)))

    def send(self, opcode: int, request_id: int, body: bytes) -> None:
        self.wfile.write(HEADER.pack(HEADER.size + len(body), 1, request_id, opcode) + body)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


if __name__ == "__main__":
    with Server(("127.0.0.1", 0), Connection) as server:
        sys.stdout.write(f"{server.server_address[1]}\n")
        sys.stdout.flush()
        server.serve_forever()
