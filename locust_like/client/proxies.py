"""Through whom a session reaches its servers, as requests has it: `{"https": "http://host:3128"}`.

Keys are "http", "https" or "all", alone or with a host ("https://example.com"); "no_proxy" lists
hosts that are reached directly. The core chooses for each hop of a call.
"""

import os
from collections.abc import Callable, Iterator, Mapping, MutableMapping

ProxyItems = tuple[tuple[str, str], ...]
NO_PROXY = "no_proxy"


def proxy_items(proxies: Mapping[str, str | None] | None) -> ProxyItems:
    """Return a mapping of proxies as a value; a key with None or "" is as good as absent."""
    return tuple(sorted((key, url) for key, url in (proxies or {}).items() if url))


def proxy_of_host(host: str, port: int | None) -> dict[str, str]:
    """Return the `proxies` that Locust's `proxy_host` and `proxy_port` stand for."""
    return {"all": f"http://{host}:{port}" if port else f"http://{host}"}


def environment_proxies() -> dict[str, str]:
    """Return the proxies that the environment names, lower case first, as curl and requests do."""
    found = {}
    for key, name in (("http",) * 2, ("https",) * 2, ("all",) * 2, (NO_PROXY, "no")):
        value = os.environ.get(f"{name}_proxy") or os.environ.get(f"{name.upper()}_PROXY")
        if value:
            found[key] = value
    return found


class SessionProxies(MutableMapping[str, str]):
    """The proxies of a session: a change takes effect at the next call.

    Args:
        items: the proxies to begin with.
        changed: called with all after each change.
    """

    __slots__ = ("_changed", "_items")

    def __init__(self, items: ProxyItems, changed: Callable[[ProxyItems], None]) -> None:
        self._items = dict(items)
        self._changed = changed

    def __getitem__(self, key: str) -> str:
        return self._items[key]

    def __setitem__(self, key: str, url: str) -> None:
        changed = {**self._items, key: url}
        self._changed(proxy_items(changed))
        self._items = changed

    def __delitem__(self, key: str) -> None:
        del self._items[key]
        self._changed(proxy_items(self._items))

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        # Without the URLs, which may hold passwords.
        return f"{type(self).__name__}({sorted(self._items)!r})"
