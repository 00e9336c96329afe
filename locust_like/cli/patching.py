"""What has to happen before a locustfile, or anything with sockets, is imported."""

import importlib.util
import sys


def patch_and_alias() -> None:
    """Patch the standard library for gevent and map `locust` onto us; twice does no harm."""
    from gevent import monkey

    monkey.patch_all()
    from locust_like import compat
    from locust_like.compat.scripts import silence_interrupts

    silence_interrupts()
    compat.install()
    _import_plugins()


def _import_plugins() -> None:
    """Import `locust_plugins` where it is installed, as Locust does: it adds options."""
    if importlib.util.find_spec("locust_plugins") is None:
        return
    try:
        importlib.import_module("locust_plugins")
    except ImportError as error:
        sys.stderr.write(f"locust-like: locust_plugins is left out: {error}.\n")
