"""What has to happen before a locustfile, or anything with sockets, is imported."""


def patch_and_alias() -> None:
    """Patch the standard library for gevent and map `locust` onto us; twice does no harm."""
    from gevent import monkey

    monkey.patch_all()
    from gevent.hub import Hub

    # Ctrl-C is told by `main`; gevent would print its name and the time as well.
    if KeyboardInterrupt not in Hub.NOT_ERROR:
        Hub.NOT_ERROR = (*Hub.NOT_ERROR, KeyboardInterrupt)
    from locust_like import compat

    compat.install()
