"""Which servers the requests of this process may go to, and how they get there: for the core."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from locust_like._core import Recorder
from locust_like.client.source_addresses import source_addresses
from locust_like.errors import SourceError
from locust_like.plan.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from locust_like.plan.sources import Settings

_DNS_PORT = 53
_MAX_PORT = 65535


def recorder_of(settings: Settings) -> Recorder:
    """Make the recorder of a run; sessions that it counts keep to the targets and the network.

    Raises: SourceError with one sentence for an option that means nothing.
    """
    recorder = Recorder()
    try:
        recorder.set_targets(
            settings.words("resolve"), settings.words("block"), settings.words("allow_target")
        )
        recorder.set_network(
            source_addresses(settings.words("source_address")),
            [_server(text) for text in _parts(settings.words("dns_server"))],
            **_dns_rules(settings.words("dns")),
        )
    except ValueError as error:
        raise SourceError(f"{str(error).rstrip('.')}.") from error
    return recorder


def _parts(texts: Iterable[str]) -> Iterator[str]:
    return (part.strip() for text in texts for part in text.split(",") if part.strip())


def _server(text: str) -> str:
    """Return a name server as the core takes it: with its port, IPv6 in brackets."""
    from ipaddress import ip_address

    host, _, port = text.rpartition(":") if text.count(":") == 1 or "]:" in text else (text, "", "")
    try:
        address = ip_address(host.strip("[]"))
        number = int(port or _DNS_PORT)
    except ValueError:
        number = 0
    if not 0 < number <= _MAX_PORT:
        msg = f"--dns-server {text!r} is no IP address, and no IP:PORT or [IPv6]:PORT"
        raise ValueError(msg)
    return f"[{address}]:{number}" if address.version == 6 else f"{address}:{number}"  # noqa: PLR2004 - IPv6


def _dns_rules(texts: Iterable[str]) -> dict[str, Any]:
    """Return the keywords of `Recorder.set_network` that the rules of --dns stand for."""
    rules: dict[str, Any] = {}
    for part in _parts(texts):
        name, equals, value = part.partition("=")
        if part == "system":
            rules["dns_system"] = True
        elif equals and name in {"select", "policy"}:
            rules[f"dns_{name}"] = value
        elif equals and name == "ttl":
            rules["dns_ttl_s"] = inf if value == "inf" else parse_duration(value)
        else:
            msg = f"--dns takes system, ttl=TIME, select=HOW and policy=FAMILIES, not {part!r}"
            raise ValueError(msg)
    return rules
