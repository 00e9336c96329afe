"""Options of a session by the names that Locust's FastHttpSession has for them; pure."""

from collections.abc import Mapping
from typing import Any

from locust_like.client.proxies import proxy_of_host

_NAMES = {
    "concurrency": "max_connections",
    "connection_timeout": "connect_timeout_s",
    "headers": "default_headers",
    "network_timeout": "read_timeout_s",
}
_WITHOUT_EFFECT = frozenset({"client_pool", "max_retries", "ssl_context_factory"})


def in_our_words(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return options as `SessionOptions` has them; our own names are kept."""
    given = {name: value for name, value in options.items() if name not in _WITHOUT_EFFECT}
    host, port = given.pop("proxy_host", None), given.pop("proxy_port", None)
    if host:
        given["proxies"] = proxy_of_host(host, port)
    return {_NAMES.get(name, name): value for name, value in given.items()}
