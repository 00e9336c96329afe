"""What the options about targets and the network mean, and what is refused before the run."""

import pytest

from locust_like.cli.targets import recorder_of
from locust_like.errors import SourceError
from locust_like.plan.option import Value
from locust_like.plan.options import OPTIONS
from locust_like.plan.sources import Setting, Settings


def settings(**given: Value) -> Settings:
    rows = {one.name: Setting(given.get(one.name, one.default), "test") for one in OPTIONS}
    return Settings(rows)


def test_options_that_mean_something_are_taken() -> None:
    servers = ("127.0.0.1, 127.0.0.1:5353", "[::1]:53", "::1")
    rules = ("system,ttl=1m30s", "select=random, policy=preferIPv4", "ttl=inf")
    recorder_of(settings(dns_server=servers, dns=rules, source_address=("127.0.0.1-127.0.0.9",)))


@pytest.mark.parametrize(
    ("option", "text", "sentence"),
    [
        ("dns_server", "ns.example.org", "'ns.example.org' is no IP address"),
        ("dns_server", "127.0.0.1:99999", "'127.0.0.1:99999' is no IP address"),
        ("dns", "select=best", "select is first, random or roundRobin, not 'best'"),
        ("dns", "policy=onlyIPv5", "policy is any, preferIPv4"),
        ("dns", "ttl=soon", "Invalid time span format"),
        ("dns", "fast", "--dns takes system, ttl=TIME, select=HOW and policy=FAMILIES, not"),
        ("source_address", "192.0.2.1", "source address '192.0.2.1' is not of this machine"),
        ("source_address", "127.0.0.1-192.0.2.1", "names 1,090,519,553 addresses: at most 65,536"),
        ("source_address", "somewhere", "'somewhere' is no address, A-B range or network"),
        ("source_address", "127.0.0.1-::1", "'127.0.0.1-::1' is no address, A-B range or network"),
    ],
)
def test_what_means_nothing_is_refused(option: str, text: str, sentence: str) -> None:
    with pytest.raises(SourceError) as refused:
        recorder_of(settings(**{option: (text,)}))
    assert sentence in str(refused.value)
