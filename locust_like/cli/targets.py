"""Which servers the requests of this process may go to, and how they get there: for the core."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from locust_like._core import Recorder
from locust_like.client.source_addresses import source_addresses
from locust_like.errors import SourceError
from locust_like.plan.units import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from locust_like.plan.sources import Settings

_DNS_PORT = 53
_MAX_PORT = 65535


def recorder_of(settings: Settings) -> Recorder:
    """Make the recorder of a run; sessions that it counts keep to the targets and the network.

    Raises: SourceError with one sentence for an option that means nothing.
    """
    recorder = Recorder()
    lead(recorder, settings)
    return recorder


def lead(recorder: Recorder, settings: Settings, told: Mapping[str, object] | None = None) -> None:
    """Let sessions made from now on keep to targets and network, on a worker to the master's, too.

    What either of them blocks is blocked. Of the other options the worker's own count, else the
    master's; a worker that blocks something has nothing of it allowed by the master. Addresses to
    start from are those of each machine.

    Args:
        recorder: counts the sessions.
        settings: of this process.
        told: values of the master's options by name.

    Raises: SourceError with one sentence for an option that means nothing.
    """
    resolve, block, allow, servers, rules = (
        (settings.words(name), _words(told or {}, name))
        for name in ("resolve", "block", "allow_target", "dns_server", "dns")
    )
    allowed = allow[0] if block[0] else allow[0] or allow[1]
    try:
        recorder.set_targets(resolve[0] or resolve[1], (*block[0], *block[1]), allowed)
        recorder.set_network(
            source_addresses(settings.words("source_address")),
            [_server(text) for text in _parts(servers[0] or servers[1])],
            **_dns_rules(rules[0] or rules[1]),
        )
    except ValueError as error:
        raise SourceError(f"{str(error).rstrip('.')}.") from error


def _ttl_s(text: str) -> float:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise ValueError(f"--dns ttl={text}: {error}") from error


def _words(told: Mapping[str, object], name: str) -> tuple[str, ...]:
    words = told.get(name)
    return tuple(map(str, words)) if isinstance(words, list | tuple) else ()


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
            rules["dns_ttl_s"] = inf if value == "inf" else _ttl_s(value)
        else:
            msg = f"--dns takes system, ttl=TIME, select=HOW and policy=FAMILIES, not {part!r}"
            raise ValueError(msg)
    return rules
