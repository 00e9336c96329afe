"""Response hooks, as requests has them: they see a response before the call is counted."""

from collections.abc import Callable, Mapping
from typing import Any

from locust_like.client.response import Response
from locust_like.errors import RequestError


def hooks_of(hooks: Mapping[str, Any] | None) -> list[Callable[..., Any]]:
    """Return the response hooks of a `hooks=` argument: one callable or a list of them.

    Raises:
        ValueError: a hook for anything else than the response.
    """
    unknown = set(hooks or ()) - {"response"}
    if unknown:
        msg = f"there are only response hooks, no {', '.join(sorted(unknown))}"
        raise ValueError(msg)
    found = (hooks or {}).get("response") or []
    return [found] if callable(found) else list(found)


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
