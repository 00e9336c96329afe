"""Lets a script put a `request` of its own in the place of a session's.

Scripts and plug-ins add headers, retries or checks to every call by overriding `request`, in a
subclass or on one session, and expect that `get`, `post` and the others go through it, as they do
in requests and in Locust. The native verbs do not know `request`, so those of such a session are
replaced; sessions without one keep them, and pay nothing.
"""

from __future__ import annotations

from typing import Any

_WITH_BODY = ("post", "put", "patch")
_VERBS = (*_WITH_BODY, "get", "options", "head", "delete")


class OverridableRequest:
    """Mixed into a session whose verbs are native, before the native class."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let the verbs of a class that has a `request` of its own go through that."""
        super().__init_subclass__(**kwargs)
        if "request" in vars(cls):
            for verb in _VERBS:
                if verb not in vars(cls):
                    setattr(cls, verb, _through_request(verb))

    def __setattr__(self, name: str, value: object) -> None:
        """Let the verbs of this session go through a `request` that is assigned to it."""
        super().__setattr__(name, value)
        if name == "request":
            for verb in _VERBS:
                vars(self).setdefault(verb, _through_request(verb).__get__(self))


def _through_request(verb: str) -> Any:
    """Return a method for a verb, with the parameters that requests gives it."""
    method = verb.upper()

    def call(self: Any, url: str, **kwargs: Any) -> Any:
        if verb == "head":
            kwargs.setdefault("allow_redirects", False)
        return self.request(method, url, **kwargs)

    def call_with_body(self: Any, url: str, data: Any = None, json: Any = None, **kw: Any) -> Any:
        return self.request(method, url, data=data, json=json, **kw)

    made = call_with_body if verb in _WITH_BODY else call
    made.__name__ = verb
    return made
