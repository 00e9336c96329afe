"""Files and functions stay small enough to be read in one go."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUFFIXES = {".py", ".pyi", ".h", ".cc", ".sh"}
FILE_LINES = 400
FUNCTION_LINES = 80
FUNCTION_LINES_WANTED = 50
POSITIONAL_PARAMETERS = 5

# A file may have more lines for a reason that is written here.
LONG_FILES: dict[str, tuple[int, str]] = {
    "locust_like/_core.pyi": (700, "type checkers read one file for one extension"),
    "locust_like/web/schemas.py": (600, "the one list of the types between server and page"),
}


def code_files() -> list[Path]:
    folders = [ROOT / name for name in ("csrc", "locust_like", "shim", "tests", "examples")]
    return sorted(p for f in folders for p in f.rglob("*") if p.suffix in SUFFIXES)


def python_functions() -> list[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    return [
        (f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node)
        for path in code_files()
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def python_lengths() -> dict[str, int]:
    return {
        place: (node.end_lineno or node.lineno) - node.lineno + 1
        for place, node in python_functions()
    }


def cpp_lengths() -> dict[str, int]:
    """Measure functions by the formatting: a body ends with `}` at its head's indentation."""
    lengths: dict[str, int] = {}
    head = re.compile(r"^( {0,2})(?!namespace|class|struct|enum|union|extern|\s|//|#|\}).*\)?.*\{$")
    for path in code_files():
        if path.suffix not in {".h", ".cc"}:
            continue
        start, indent = 0, None
        for number, line in enumerate(path.read_text().splitlines(), 1):
            found = head.match(line)
            table = line.endswith("({") or line.startswith("TEST_CASE")
            if indent is None and found and "(" in line and not table:
                start, indent = number, found[1]
            elif indent is not None and line.rstrip(";") == indent + "}":
                lengths[f"{path.relative_to(ROOT)}:{start}"] = number - start + 1
                indent = None
    return lengths


@pytest.mark.parametrize("path", code_files(), ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_short(path: Path) -> None:
    limit, _ = LONG_FILES.get(str(path.relative_to(ROOT)), (FILE_LINES, ""))
    assert len(path.read_text().splitlines()) <= limit


def test_no_function_is_long() -> None:
    lengths = python_lengths() | cpp_lengths()
    assert {place: n for place, n in lengths.items() if n > FUNCTION_LINES} == {}


def test_hardly_any_function_is_longer_than_wanted() -> None:
    lengths = python_lengths() | cpp_lengths()
    long = {place: n for place, n in lengths.items() if n > FUNCTION_LINES_WANTED}
    assert len(long) <= len(lengths) // 100, long


def test_few_positional_parameters() -> None:
    def positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        return len([n for n in names if n not in {"self", "cls"}])

    many = {p: positional(n) for p, n in python_functions() if not p.split()[1].startswith("test_")}
    assert {p: n for p, n in many.items() if n > POSITIONAL_PARAMETERS} == {}


def test_names_say_what_is_inside() -> None:
    vague = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "lib"}
    assert [p for p in code_files() if vague & {p.stem, p.parent.name}] == []
