"""`--config-users`: attributes of user classes from JSON.

Source: Locust's Environment.update_user_class: every key but two is an attribute of the class,
`tasks` picks tasks by their names.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from locust_like.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from locust_like.users.user import User

_CLASS, _TASKS = "user_class_name", "tasks"


def configure_users(classes: Sequence[type[User]], texts: Sequence[str]) -> None:
    """Change classes as texts say: JSON objects, lists of them, or names of .json files.

    Raises: SourceError for a text that is no such thing, or names what is not there.
    """
    known = {cls.__name__: cls for cls in classes}
    for text in texts:
        for config in _objects(text):
            name = config.get(_CLASS)
            if not isinstance(name, str):
                raise SourceError("--config-users: The user config must specify a user_class_name.")
            if name not in known:
                raise SourceError(
                    f"--config-users: there is no user class {name}; there are {', '.join(known)}."
                )
            _apply(known[name], config)


def _objects(text: str) -> Iterator[dict[str, object]]:
    source = "--config-users"
    if text.endswith(".json"):
        source = f"--config-users {text}"
        try:
            text = Path(text).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise SourceError(f"{source}: cannot read the file: {reason}.") from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(f"{source} must be valid JSON: {error}.") from error
    for item in value if isinstance(value, list) else [value]:
        if not isinstance(item, dict):
            raise SourceError(f"{source}: {item!r} is no JSON object with a user_class_name.")
        yield item


def _apply(cls: type[User], config: dict[str, object]) -> None:
    for name, value in config.items():
        if name == _TASKS:
            cls.tasks = _picked(cls, value)
        elif name != _CLASS:
            setattr(cls, name, value)


def _picked(cls: type[User], names: object) -> list[Callable[..., Any]]:
    # The metaclass has made a list of whatever the class says.
    tasks = cast("list[Callable[..., Any]]", list(cls.tasks))
    known = {getattr(task, "__name__", str(task)) for task in tasks}
    if not isinstance(names, list) or not set(names) <= known:
        raise SourceError(
            f"--config-users: tasks of {cls.__name__} must be a list of names out of "
            f"{', '.join(sorted(known))}."
        )
    return [task for task in tasks if getattr(task, "__name__", str(task)) in names]
