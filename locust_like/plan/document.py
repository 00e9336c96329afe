"""`docs/cli.md` out of the option table.

`python -m locust_like.plan.document docs/cli.md` writes it again; a test compares.
"""

from __future__ import annotations

import sys
from pathlib import Path

from locust_like.plan.config_files import DEFAULT_FILES
from locust_like.plan.option import SWITCH, TEXTS, WORDS, Option
from locust_like.plan.options import OPTIONS, UNAVAILABLE
from locust_like.plan.units import DURATION_FORMS, NUMBER_FORMS

_HEAD = f"""# Command line

This page is made from the option table by `python -m locust_like.plan.document docs/cli.md`.

```sh
locust-like [options] [UserClass ...]
locust-like config show [options]      # every option with its value and where that came from
locust-like init --help                # a commented locustfile to start from
locust-like debug FILE                 # one user, each task once, every call shown
locust-like exec FILE [arguments]      # a script that uses Locust as a library
locust-like compare --help             # how two runs differ
locust-like completion bash            # completion for bash, zsh or fish
locust-like target --help              # a server to try things on
```

## Where values come from

A later one wins: defaults, configuration files, environment, command line.

- Files, in this order: {", ".join(f"`{name}`" for name in DEFAULT_FILES)}, then `--config`.
- `locust.conf` has a line for each option: `users = 100`, `users: 100` or `users 100`; a switch
  also alone (`headless`), lists as `tags = [a, b]`; `#` and `;` start comments.
- `pyproject.toml` has them in `[tool.locust]`, where Locust reads them too, or in
  `[tool.locust_like]`, which wins.
- The tables below name variables. Each may also start with `LOCUST_LIKE_`, which wins:
  `LOCUST_LIKE_USERS` beats `LOCUST_USERS`.
- Arguments that a locustfile adds with `events.init_command_line_parser` come from the same places,
  as `LOCUST_` and their name or with the variable that `env_var=` names.

{NUMBER_FORMS.replace("Valid formats", "Numbers")}
{DURATION_FORMS.replace("Valid formats", "Times")}
Anything else, such as `nan`, `inf`, `-1` or `1e3`, is refused.
"""


def document() -> str:
    """Return the page as Markdown."""
    parts = [_HEAD]
    for group in dict.fromkeys(option.group for option in OPTIONS):
        parts.append(
            f"## {group}\n\n| option | default | variable | meaning |\n|---|---|---|---|\n"
        )
        parts[-1] += "".join(_row(option) for option in OPTIONS if option.group == group)
    missing = "".join(f"- `{flag}`: {hint}\n" for flag, (_, hint) in UNAVAILABLE.items())
    parts.append(
        "## Not available in this version\n\nThese end with exit code 2, on the command line, in a "
        f"file or as a variable:\n\n{missing}"
    )
    return "\n".join(parts)


def _row(option: Option) -> str:
    blank = "" if option.bare else " "
    value = "" if option.kind is SWITCH else f"{blank}{option.metavar}"
    if option.kind in {WORDS, TEXTS}:
        value += " ..."
    flags = ", ".join(f"`{flag}{value}`" for flag in option.flags)
    variable = f"`{option.env}`" if option.env else ""
    return f"| {flags} | {option.default_text} | {variable} | {option.help} |\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8")
