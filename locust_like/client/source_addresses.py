"""The addresses of this machine that connections start from, as options and user classes name them.

Each has about 28,000 ports towards one target, and the connections of a run take them in turn.
"""

import socket
from collections.abc import Iterator, Sequence
from functools import lru_cache

MOST_ADDRESSES = 65_536


def source_addresses(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return the single addresses that texts stand for.

    Args:
        given: addresses, ranges ("10.0.0.5-10.0.0.20") and networks ("10.0.0.0/28"), separated by
            commas or in a sequence. Of a network those are taken that this machine has.

    Raises:
        ValueError: a text that means nothing, or an address that this machine does not have.
    """
    texts = (given,) if isinstance(given, str) else given
    words = [word.strip() for text in texts for word in text.split(",") if word.strip()]
    return _addresses_of(tuple(words))


@lru_cache(maxsize=64)
def _addresses_of(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(address for word in words for address in _expanded(word)))


def _expanded(word: str) -> Iterator[str]:
    # Late, because few runs need it.
    from ipaddress import ip_address, ip_network, summarize_address_range

    try:
        if "/" in word:
            networks = [ip_network(word, strict=False)]
        elif "-" in word:
            first, _, last = word.partition("-")
            networks = list(summarize_address_range(ip_address(first), ip_address(last)))
        else:
            networks = [ip_network(ip_address(word))]
    except (TypeError, ValueError):
        msg = f"source address {word!r} is no address, A-B range or network"
        raise ValueError(msg) from None
    count = sum(network.num_addresses for network in networks)
    if count > MOST_ADDRESSES:
        msg = f"source address {word!r} names {count:,} addresses: at most {MOST_ADDRESSES:,}"
        raise ValueError(msg)
    found = [str(address) for network in networks for address in network if _is_ours(str(address))]
    if not found or ("/" not in word and len(found) < count):
        msg = f"source address {word!r} is not of this machine; 'ip addr' shows those that are"
        raise ValueError(msg)
    yield from found


def _is_ours(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
