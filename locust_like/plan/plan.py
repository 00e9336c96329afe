"""RunPlan: everything a run needs, decided and checked before anything starts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from locust_like.errors import LocustfileError
from locust_like.plan.custom import complete
from locust_like.plan.finding import find_locustfiles
from locust_like.plan.locustfile import load_locustfiles, pick_classes
from locust_like.plan.shapes import LoadTestShape, unique_shapes
from locust_like.plan.user_config import configure_users
from locust_like.users.http_user import HttpUser
from locust_like.users.tasks import assign_equal_weights

if TYPE_CHECKING:
    from pathlib import Path

    from locust_like.plan.custom import AddArguments
    from locust_like.plan.sources import Settings
    from locust_like.users.user import User


@dataclass(frozen=True)
class RunPlan:
    """One run: what, how much, how long.

    Attributes:
        run_time_s: None = until somebody stops it, or the load shape ends.
        user_classes: the ones that run; `available` are all that the locustfiles define.
        shapes: the load shapes of the locustfiles; the first one decides on the load.
        settings: every option with its origin, for parts that have no field here.
    """

    locustfiles: tuple[Path, ...]
    available: tuple[type[User], ...]
    user_classes: tuple[type[User], ...]
    shapes: tuple[LoadTestShape, ...]
    host: str | None
    users: int
    spawn_rate_per_s: float
    run_time_s: float | None
    stop_timeout_s: float
    tags: tuple[str, ...]
    exclude_tags: tuple[str, ...]
    exit_code_on_error: int
    replace_users: bool
    settings: Settings

    @property
    def shape(self) -> LoadTestShape | None:
        """The load shape that is followed, if there is one."""
        return self.shapes[0] if self.shapes else None


def make_plan(
    settings: Settings,
    add_arguments: AddArguments | None = None,
    locustfiles: tuple[Path, ...] | None = None,
) -> RunPlan:
    """Load the locustfiles and turn settings into a plan.

    Args:
        settings: as the sources have them.
        add_arguments: called with the parser when the locustfiles are loaded, so that they can add
            arguments; None = they cannot.
        locustfiles: where they are; None = where -f says.

    Raises: LocustfileError or SourceError, with one sentence for the user; SystemExit for arguments
        that nobody knows.
    """
    paths = locustfiles or find_locustfiles(settings.text("locustfile") or "")
    files = load_locustfiles(paths)
    settings = complete(settings, add_arguments)
    configure_users(pick_classes(files, ()), settings.words("config_users"))
    user_classes = pick_classes(files, settings.words("user_classes"))
    if settings.on("equal_weights"):
        assign_equal_weights(user_classes)
    host = settings.text("host")
    _check_hosts(host, user_classes)
    shapes = unique_shapes([shape for file in files for shape in file.shapes])
    return RunPlan(
        locustfiles=paths,
        available=pick_classes(files, ()),
        user_classes=user_classes,
        shapes=shapes,
        host=host,
        users=int(settings.number("num_users")),
        spawn_rate_per_s=settings.number("spawn_rate"),
        run_time_s=None if shapes else settings.number_if_given("run_time"),
        stop_timeout_s=settings.number("stop_timeout"),
        tags=settings.words("tags"),
        exclude_tags=settings.words("exclude_tags"),
        exit_code_on_error=int(settings.number("exit_code_on_error")),
        replace_users=not settings.on("no_replace"),
        settings=settings,
    )


def _check_hosts(host: str | None, user_classes: tuple[type[User], ...]) -> None:
    """Refuse what no HTTP user could use; users of other protocols may have hosts of any form.

    A class without any host is not refused: a listener of `init` may still give one.
    """
    for cls in user_classes:
        if issubclass(cls, HttpUser):
            source, url = f"host of {cls.__name__}", cls.host
            if host is not None:
                source, url = "--host", host
            if flaw := _flaw_of_any(url):
                raise LocustfileError(f"{source} {url!r} is no base URL: {flaw}.")


def _flaw_of_any(url: object) -> str:
    """Return what is wrong with what a class has for its host; a property is asked later."""
    if isinstance(url, str):
        return host_flaw(url)
    return "" if url is None or hasattr(url, "__get__") else "it is no text"


def host_flaw(url: str) -> str:
    """Return what is wrong with a base URL, "" if nothing is."""
    if not url.isprintable():
        return "it has a line break or another control character in it"
    if not url.lower().startswith(("http://", "https://")):
        return "it must start with http:// or https://"
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        return str(error)
    if not has_host:
        return "it needs a host, for example http://127.0.0.1:8080"
    if "#" in url:
        return "all that follows # would never be sent"
    return "a space in it stands for nothing" if " " in url else ""
