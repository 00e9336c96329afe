"""Response hooks, as requests has them: they see a response before the call is counted."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from locust_like.client.response import Response
from locust_like.errors import RequestError


def hooks_of(hooks: object) -> list[Callable[..., Any]]:
    """Return the response hooks of a `hooks=` argument: one callable or a list of them.

    Raises:
        ValueError: a hook for anything else than the response, or one that cannot be called.
    """
    given = hooks or {}
    if not isinstance(given, Mapping):
        msg = f'hooks= takes {{"response": callable or list of callables}}, not {hooks!r}'
        raise ValueError(msg)
    unknown = set(given) - {"response"}
    if unknown:
        msg = f"there are only response hooks, no {', '.join(sorted(map(str, unknown)))}"
        raise ValueError(msg)
    found = given.get("response") or []
    every = [found] if callable(found) or not isinstance(found, Iterable) else list(found)
    for hook in every:
        if not callable(hook):
            msg = f"a response hook must be a callable (or a list of them), not {hook!r}"
            raise ValueError(msg)
    return every


def run_hooks(
    response: Response, hooks: list[Callable[[Any], object]]
) -> tuple[RequestError | None, object]:
    """Call the hooks, each with what the one before returned.

    Returns:
        The failure that one raised (a failed call keeps its own), and what the caller gets.

    Source: dispatch_hook() of requests, for what hooks return.
    """
    result: object = response
    try:
        for hook in hooks:
            returned = hook(result)
            result = result if returned is None else returned
    except RequestError as error:
        return (error if response.ok else None), result
    return None, result
