"""The versions of what a run is made of."""

from __future__ import annotations

import ctypes
import platform
from importlib.metadata import version
from typing import TYPE_CHECKING

from locust_like import _core
from locust_like._version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

# Functions that return a version when they are called with 0 or without an argument; they are found
# where the extension is linked with a library dynamically.
_LINKED = {
    "libuv": "uv_version_string",
    "openssl": "OpenSSL_version",
    "c-ares": "ares_version",
    "libidn2": "idn2_check_version",
    "libpsl": "psl_get_version",
    "zlib": "zlibVersion",
    "zstd": "ZSTD_versionString",
}


def versions() -> Mapping[str, str]:
    """Return the versions of what a run is made of, as far as they can be had."""
    found = {
        "locust_like": __version__,
        "python": platform.python_version(),
        "gevent": version("gevent"),
        "greenlet": version("greenlet"),
    }
    library = ctypes.CDLL(_core.__file__)
    for name, symbol in _LINKED.items():
        function = getattr(library, symbol, None)
        if function is not None:
            function.restype = ctypes.c_char_p
            found[name] = function(None).decode().removeprefix("OpenSSL ").split()[0]
    return found
