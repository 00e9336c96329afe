"""Case-insensitive header mappings, as scripts see them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping


class Headers(MutableMapping[str, str]):
    """Headers by name, whatever the case; they keep the case and the order they were set in.

    Args:
        items: a mapping or (name, value) pairs; of several lines with one name the values are
            joined by ", ".
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        self._items: dict[str, tuple[str, str]] = {}
        for name, value in items.items() if isinstance(items, Mapping) else items:
            first, joined = self._items.get(name.lower(), (name, ""))
            self._items[name.lower()] = (first, f"{joined}, {value}" if joined else value)

    def __getitem__(self, name: str) -> str:
        return self._items[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        self._items[name.lower()] = (name, value)

    def __delitem__(self, name: str) -> None:
        del self._items[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._items.values())

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"


class SessionHeaders(Headers):
    """The headers of a session: a change takes effect at the next call.

    Args:
        items: the headers to begin with.
        changed: called with all headers after each change.
    """

    __slots__ = ("_changed",)

    def __init__(
        self,
        items: Iterable[tuple[str, str]],
        changed: Callable[[tuple[tuple[str, str], ...]], None],
    ) -> None:
        super().__init__(items)
        self._changed = changed

    def __setitem__(self, name: str, value: str) -> None:
        super().__setitem__(name, value)
        self._changed(tuple(self._items.values()))

    def __delitem__(self, name: str) -> None:
        super().__delitem__(name)
        self._changed(tuple(self._items.values()))
