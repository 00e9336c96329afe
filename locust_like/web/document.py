"""`python -m locust_like.web.document`: what is generated from the types of the web interface.

Writes docs/web-api.md, docs/web-api.schema.json and the page's TypeScript below the folder that is
named (the checkout, for example `.`); with --check it writes nothing, and fails if they are stale.
"""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path

import msgspec

from locust_like.web import report_schemas, schemas
from locust_like.web.api import PREFIX, ROUTES, Route
from locust_like.web.typescript import typescript

_INTRODUCTION = """# The web interface

Generated from `locust_like/web/schemas.py` and the route table in `locust_like/web/api.py`.

All paths stand below the address of the web UI, for example `http://127.0.0.1:8089`. Bodies and
replies are JSON; their types are in [web-api.schema.json](web-api.schema.json). The same verbs are
on the command line as `locust-like ctl`.

- A program needs nothing but this where the web UI is bound to a loopback address without
  credentials; elsewhere it sends `Authorization: Bearer TOKEN`.
- A browser gets a cookie and a token from `GET /api/v1/session`, and sends the token as
  `X-CSRF-Token` with every POST.
- GET never changes anything. A refusal is a `Problem` with status 400 (a value is wrong), 401 (log
  in), 403 (not yours to do), 404, 405, 409 (the change is based on values that somebody else has
  changed; `current` has the new ones), 413 (more than 1 MiB) or 503 (too many streams).

```console
curl http://127.0.0.1:8089/api/v1/status
curl -d '{"users": 50, "spawn_rate_per_s": 10}' http://127.0.0.1:8089/api/v1/start
```

## Routes

`GET /api/v1/session` answers `Session`: role, product version and the token of a browser.
"""


def structs() -> tuple[type[msgspec.Struct], ...]:
    """Return the types of the interface in their order."""
    return tuple(
        value
        for module in (schemas, report_schemas)
        for value in vars(module).values()
        if inspect.isclass(value)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == module.__name__
        and value is not schemas.Request
    )


def files() -> dict[str, str]:
    """Return what belongs into which file, by paths relative to the checkout."""
    _, components = msgspec.json.schema_components(structs(), ref_template="#/$defs/{name}")
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": components}
    return {
        "docs/web-api.md": _INTRODUCTION + "".join(_section(route) for route in ROUTES),
        "docs/web-api.schema.json": json.dumps(schema, indent=1) + "\n",
        "webui/src/api/schema.gen.ts": typescript(structs()),
    }


def _section(route: Route) -> str:
    path = PREFIX + route.path.replace("<int:number>", "ID")
    lines = [f"\n### `{route.method} {path}`\n", f"{route.says}\n"]
    if route.query:
        lines.extend(f"- `?{name}=`: {says}" for name, says in route.query)
        lines.append("")
    sent = "nothing" if route.body is None else f"`{route.body.__name__}`"
    reply = "a stream" if route.reply is None else f"`{route.reply.__name__}`"
    who = "operators" if route.operator else "operators and viewers"
    lines.append(f"Takes {sent}, answers {reply}; for {who}.")
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    """Write or check the files; returns the exit code."""
    names = [word for word in arguments if word != "--check"]
    root = Path(names[0] if names else ".")
    stale = [
        name
        for name, text in files().items()
        if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != text
    ]
    if "--check" not in arguments:
        for name in stale:
            (root / name).write_text(files()[name], encoding="utf-8")
        return 0
    for name in stale:
        sys.stderr.write(f"{name} is stale: run python -m locust_like.web.document\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
