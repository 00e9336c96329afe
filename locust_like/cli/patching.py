"""What has to happen before a locustfile, or anything with sockets, is imported."""


def patch_and_alias() -> None:
    """Patch the standard library for gevent and map `locust` onto us; twice does no harm."""
    from gevent import monkey

    monkey.patch_all()
    from locust_like import compat

    compat.install()
