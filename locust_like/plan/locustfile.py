"""Import and check locustfiles.

A locustfile is a program of the user, so importing it can fail in any way. Each failure becomes one
sentence with the file and line that the user has to look at; the whole traceback is kept as the
cause of the exception, for the debug log.
"""

from __future__ import annotations

import difflib
import importlib.util
import inspect
import itertools
import linecache
import math
import sys
import traceback
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from locust_like.errors import LocustfileError
from locust_like.plan.finding import STDIN
from locust_like.plan.shapes import LoadTestShape, shapes_of
from locust_like.users.user import User

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STDIN_NAME = "<stdin>"


@dataclass(frozen=True)
class Locustfile:
    """One imported file, and the user classes and load shapes that it offers, in its order."""

    path: Path
    user_classes: tuple[type[User], ...]
    shapes: tuple[LoadTestShape, ...] = ()


def load_locustfiles(paths: Sequence[Path]) -> tuple[Locustfile, ...]:
    """Import files and collect their user classes.

    Raises: LocustfileError when a file does not import, two different classes have one name, a
        class has no usable weight, or no file defines any.
    """
    files = tuple(_load(path) for path in paths)
    if not any(file.user_classes for file in files):
        files = tuple(_with_tests(file) for file in files)
    owners: dict[str, tuple[type[User], Path]] = {}
    for file in files:
        for user_class in file.user_classes:
            known, owner = owners.setdefault(user_class.__name__, (user_class, file.path))
            if known is not user_class:
                where = f"twice in {owner}" if owner == file.path else f"in {owner} and {file.path}"
                raise LocustfileError(
                    f"Duplicate user class names: {user_class.__name__} is defined {where}; "
                    f"rename one."
                )
            _check_shares(user_class)
    if not owners:
        names = ", ".join(str(path) for path in paths)
        raise LocustfileError(
            f"No User class found in {names}: define a class that inherits from HttpUser or User."
        )
    return files


def _check_shares(user_class: type[User]) -> None:
    weight, fixed = user_class.weight, user_class.fixed_count
    if not isinstance(weight, int | float) or not 0 <= weight < math.inf:
        raise LocustfileError(
            f"weight of {user_class.__name__} must be a number of 0 or more, but is {weight!r}."
        )
    if not isinstance(fixed, int) or fixed < 0:
        raise LocustfileError(
            f"fixed_count of {user_class.__name__} must be a whole number of 0 or more, "
            f"but is {fixed!r}."
        )


def pick_classes(files: Sequence[Locustfile], names: Sequence[str]) -> tuple[type[User], ...]:
    """Return the classes with these names, or all of them when no name is given.

    Raises: LocustfileError for a name that no file defines, with the nearest one that exists.
    """
    known = {cls.__name__: cls for file in files for cls in file.user_classes}
    if not names:
        return tuple(known.values())
    unknown = [name for name in names if name not in known]
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."
        raise LocustfileError(f"Unknown User(s): {', '.join(unknown)}; {hint}")
    return tuple(known[name] for name in dict.fromkeys(names))


def _user_classes(module: ModuleType) -> tuple[type[User], ...]:
    return tuple(
        item
        for item in vars(module).values()
        if inspect.isclass(item) and issubclass(item, User) and not item.abstract
    )


def _load(path: Path) -> Locustfile:
    """Import a file and make what it offers; both run code of the script's."""
    with _told_with_its_line(path):
        module = _import(path)
        return Locustfile(path, _user_classes(module), shapes_of(module))


def _with_tests(file: Locustfile) -> Locustfile:
    """Return a file without user classes with those that its test functions make."""
    if file.path == STDIN:
        return file
    from locust_like.plan.test_files import users_of_tests

    return replace(file, user_classes=users_of_tests(file.path))


def _import(path: Path) -> ModuleType:
    folder = str(Path.cwd() if path == STDIN else path.parent)
    # Modules beside the locustfile are importable, as when Python runs a script.
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return _from_stdin() if path == STDIN else _from_file(path)


@contextmanager
def _told_with_its_line(path: Path) -> Iterator[None]:
    """Raise a LocustfileError with one sentence for whatever a script raises."""
    try:
        yield
    except SyntaxError as error:
        place = _STDIN_NAME if path == STDIN else path
        raise LocustfileError(
            f"{error.filename or place}:{error.lineno or 1}: syntax error: {error.msg}."
        ) from error
    except ModuleNotFoundError as error:
        raise LocustfileError(
            f"{_innermost_line(error, path)}: cannot import {error.name}: no such module; "
            f"install it where locust_like is installed."
        ) from error
    except ImportError as error:
        # Without the path of the module at the end, which only confuses.
        text = str(error).rsplit(" (", maxsplit=1)[0]
        raise LocustfileError(f"{_innermost_line(error, path)}: {text}.") from error
    except (KeyboardInterrupt, LocustfileError):
        raise
    # A script may raise anything at all; SystemExit is how some of them report wrong use.
    except BaseException as error:
        text = " ".join(str(error).split()).removesuffix(".") or "no message"
        raise LocustfileError(
            f"{_innermost_line(error, path)}: {type(error).__name__}: {text}."
        ) from error


def _from_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(_module_name(path), path)
    if spec is None or spec.loader is None:
        raise LocustfileError(f"{path} is no Python file; its name must end in .py.")
    module = importlib.util.module_from_spec(spec)
    # Pickle, dataclasses and typing look a class's module up by name.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _from_stdin() -> ModuleType:
    text = sys.stdin.read() if sys.stdin is not None else ""
    if not text.strip():
        raise LocustfileError("-f - reads the locustfile from stdin, which is empty.")
    # Tracebacks show the lines, which no file has.
    linecache.cache[_STDIN_NAME] = (len(text), None, text.splitlines(keepends=True), _STDIN_NAME)
    module = ModuleType("locustfile_stdin")
    sys.modules[module.__name__] = module
    exec(compile(text, _STDIN_NAME, "exec"), vars(module))
    return module


def _module_name(path: Path) -> str:
    """Return the name to import under: the stem, unless that would hide another module."""
    name = path.stem.replace(".", "_")
    if name in sys.modules or name in {"locust", "locust_like"} | sys.stdlib_module_names:
        name = f"locustfile_{name}"
    tries = (name if n == 1 else f"{name}_{n}" for n in itertools.count(1))
    return next(free for free in tries if free not in sys.modules)


def _innermost_line(error: BaseException, path: Path) -> str:
    """Return file:line of the deepest frame in the user's own folder."""
    own = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == _STDIN_NAME
        or (Path(frame.filename).is_absolute() and path.parent in Path(frame.filename).parents)
    ]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else str(path)
