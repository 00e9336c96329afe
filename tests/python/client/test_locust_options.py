"""Locust's names of the options of a session."""

from locust_like.client.locust_options import in_our_words


def test_locusts_names_become_ours_and_ours_stay() -> None:
    assert in_our_words({"concurrency": 3, "network_timeout": 1.0, "verify": False}) == {
        "max_connections": 3,
        "read_timeout_s": 1.0,
        "verify": False,
    }
    assert in_our_words({"client_pool": object(), "max_retries": 1}) == {}


def test_a_proxy_host_is_a_proxy_for_all() -> None:
    assert in_our_words({"proxy_host": "p", "proxy_port": 3128}) == {
        "proxies": {"all": "http://p:3128"}
    }
    assert in_our_words({"proxy_host": "p", "proxy_port": None}) == {"proxies": {"all": "http://p"}}
    assert in_our_words({"proxy_host": None, "proxy_port": None}) == {}
