"""`locust-like completion bash|zsh|fish`: a completion script, made from the option table.

The scripts complete options, their choices, file names, verbs and the classes of the locustfile.
Class names come from its text by sed, so that pressing Tab runs no Python.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from locust_like.cli.commands.init import TEMPLATES
from locust_like.cli.exit_codes import ExitCode
from locust_like.cli.streams import tell
from locust_like.plan.option import SWITCH, Option
from locust_like.plan.options import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

USAGE = """Usage: locust-like completion bash|zsh|fish

Print a completion script. To have it in every new shell:
  bash   locust-like completion bash >> ~/.bashrc
  zsh    locust-like completion zsh > ~/.zfunc/_locust-like    (a folder in $fpath)
  fish   locust-like completion fish > ~/.config/fish/completions/locust-like.fish
"""

_VERBS = {
    "init": "write a commented locustfile",
    "debug": "run each task once and show every call",
    "target": "serve a server to try things on",
    "config": "show every option with its value and origin",
    "compare": "show how two runs differ",
    "completion": "print a completion script",
    "exec": "run a script that uses Locust as a library",
}
_FILES = frozenset(
    {
        *("locustfile", "config", "config_users", "include"),
        *("csv_prefix", "json_file", "summary_file", "html_file", "logfile"),
        *("tls_cert", "tls_key", "web_token_file", "join_token_file"),
    }
)
"""Options whose values are names of files."""
_SHELLS = ("bash", "zsh", "fish")
_OTHERS = (("-h", "--help", "Show this help and exit."), ("-V", "--version", "Show the version."))
# sed prints the name of each class with a base that is not called a task set.
_CLASSES = r"""sed -n '/TaskSet/!s/^class \([A-Za-z_][A-Za-z_0-9]*\)(.*/\1/p' "$file" 2>/dev/null"""


def run(argv: Sequence[str]) -> int:
    """Print the script of a shell and return the exit code."""
    scripts = {"bash": bash, "zsh": zsh, "fish": fish}
    if list(argv) in (["-h"], ["--help"]):
        sys.stdout.write(USAGE)
        return ExitCode.OK
    if len(argv) != 1 or argv[0] not in scripts:
        named = " ".join(argv) or "nothing"
        sys.stderr.write(
            f"locust-like completion: error: name one shell, bash, zsh or fish, not {named}.\n"
        )
        return ExitCode.WRONG_USE
    return tell(scripts[argv[0]]())


def bash() -> str:
    """Return the script for bash."""
    words = [flag for option in OPTIONS for flag in option.flags]
    words += [flag for short, long, _ in _OTHERS for flag in (short, long)]
    cases = "".join(
        f"    {'|'.join(option.flags)}) {_bash_values(option)}; return ;;\n"
        for option in OPTIONS
        if option.kind is not SWITCH
    )
    return f"""# bash completion of locust-like
_locust_like() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}
  local file=locustfile.py at
  COMPREPLY=()
  case ${{COMP_WORDS[1]}} in
    completion) COMPREPLY=($(compgen -W '{" ".join(_SHELLS)}' -- "$current")); return ;;
    init)
      if [[ $previous == --template ]]; then
        COMPREPLY=($(compgen -W '{" ".join(TEMPLATES)}' -- "$current"))
      else
        COMPREPLY=($(compgen -W '--template --force --help' -- "$current"))
      fi
      return ;;
  esac
  case $previous in
{cases}  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W '{" ".join(words)}' -- "$current"))
    return
  fi
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '{" ".join(_VERBS)}' -- "$current"))
  elif [[ ${{COMP_WORDS[1]}} == debug ]]; then
    COMPREPLY=($(compgen -f -- "$current"))
    return
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    case ${{COMP_WORDS[at]}} in -f|--locustfile) file=${{COMP_WORDS[at+1]}} ;; esac
  done
  COMPREPLY+=($(compgen -W "$({_CLASSES})" -- "$current"))
}}
complete -o filenames -F _locust_like locust-like
"""


def _bash_values(option: Option) -> str:
    if option.choices:
        return f"COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$current\"))"
    return 'COMPREPLY=($(compgen -f -- "$current"))' if option.name in _FILES else ":"


def zsh() -> str:
    """Return the script for zsh, a file of $fpath."""
    rows = [_zsh_option(option) for option in OPTIONS]
    rows += [f"'({short} {long})'{{{short},{long}}}'[{text}]'" for short, long, text in _OTHERS]
    verbs = " ".join(f"{_quoted(f'{verb}:{text}')}" for verb, text in _VERBS.items())
    options = " \\\n    ".join(rows)
    return f"""#compdef locust-like
_locust_like_words() {{
  local file=${{opt_args[-f]:-${{opt_args[--locustfile]:-locustfile.py}}}}
  local -a verbs=({verbs}) classes=(${{(f)"$({_CLASSES})"}})
  ((CURRENT == 2)) && _describe command verbs
  _describe 'user class' classes
}}
_locust_like() {{
  case $words[2] in
    completion) ((CURRENT == 3)) && _values shell {" ".join(_SHELLS)}; return ;;
    init)
      shift words
      ((CURRENT--))
      _arguments '1:name:_files' '--force[replace a file]' \\
        '--template[what to start from]:template:({" ".join(TEMPLATES)})'
      return ;;
    debug) ((CURRENT == 3)) && {{ _files; return }} ;;
  esac
  _arguments \\
    {options} \\
    '*:word:_locust_like_words'
}}
if [[ $funcstack[1] == _locust-like ]]; then
  _locust_like "$@"
else
  compdef _locust_like locust-like
fi
"""


def _zsh_option(option: Option) -> str:
    text = option.help.translate(str.maketrans("[]:'", "(),`"))
    value = ""
    if option.choices:
        value = f":level:({' '.join(option.choices)})"
    elif option.kind is not SWITCH:
        value = f":{option.name}:{'_files' if option.name in _FILES else ' '}"
    tail = _quoted(f"[{text}]{value}")
    flags = option.flags
    if len(flags) == 1:
        return f"{flags[0]}{tail}"
    return f"'({' '.join(flags)})'{{{','.join(flags)}}}{tail}"


def fish() -> str:
    """Return the script for fish."""
    lines = ["# fish completion of locust-like", "complete -c locust-like -f"]
    lines += [
        f"complete -c locust-like -n __fish_use_subcommand -a {verb} -d {_fish(text)}"
        for verb, text in _VERBS.items()
    ]
    lines += [
        f"complete -c locust-like {_fish_flags(option.flags)} {_fish_values(option)}"
        for option in OPTIONS
    ]
    lines += [
        f"complete -c locust-like {_fish_flags((short, long))} -d {_fish(text)}"
        for short, long, text in _OTHERS
    ]
    within = "complete -c locust-like -n '__fish_seen_subcommand_from"
    lines += [
        f"{within} completion' -a '{' '.join(_SHELLS)}'",
        f"{within} init' -l template -x -a '{' '.join(TEMPLATES)}'",
        f"{within} init' -l force -d 'Replace a file that exists'",
        f"{within} debug' -F",
        "complete -c locust-like -a '(set -l file locustfile.py; " + _fish_classes() + ")'",
    ]
    return "\n".join(lines) + "\n"


def _fish_classes() -> str:
    return _CLASSES.replace("\\", "\\\\").replace("'", "\\'")


def _fish_flags(flags: tuple[str, ...]) -> str:
    return " ".join(
        f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in flags
    )


def _fish_values(option: Option) -> str:
    text = f"-d {_fish(option.help)}"
    if option.kind is SWITCH:
        return text
    if option.choices:
        return f"-x -a '{' '.join(option.choices)}' {text}"
    return f"-r -F {text}" if option.name in _FILES else f"-x {text}"


def _fish(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
