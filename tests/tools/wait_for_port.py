"""Wait until something listens on a loopback port; fail after 10 s."""

import socket
import sys
import time


def main() -> int:
    port = int(sys.argv[1])
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return 0
    print(f"nothing listens on 127.0.0.1:{port} after 10 s", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
