"""The same locustfile under real Locust and under ours prints the same and ends the same.

What may differ stands in docs/migration-from-locust.md.
"""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from .programs import OURS, Finished, finished

FOLDER = Path(__file__).parent / "behaviours"
LOAD = ("-u", "1", "-r", "100")
LIMIT = ("-t", "10s")
OPTIONS = {
    "dispatch_order": (*LIMIT, "-u", "30"),
    "shape_log": (),
    "tags_and_markov": (*LIMIT, "--tags", "c", "set"),
}

# Log lines that other tools look for.
GREPPED = re.compile(
    r"^(Ramping to|All users spawned|Run time limit set|No run time limit|--run-time limit"
    r"|Shutting down|Shape test (starting|updating|stopping)|Unknown message type"
    r"|The following option|Total fixed_count)"
)


class Pair(NamedTuple):
    """The same locustfile, run by both."""

    theirs: Finished
    ours: Finished


def log_lines(run: Finished) -> list[str]:
    """Return the lines that are grepped, without time, host, level and logger."""
    texts = (re.sub(r"^\[[^]]*\] \S+: ", "", line) for line in run.stderr.splitlines())
    # Locust says some of them twice.
    return list(dict.fromkeys(text for text in texts if GREPPED.match(text)))


@pytest.fixture
def pair(
    request: pytest.FixtureRequest, real_locust: Path, target_url: str, tmp_path: Path
) -> Pair:
    """Run a locustfile by both, side by side."""
    name: str = request.param
    path = FOLDER / f"{name}.py"
    locust = (str(real_locust.with_name("locust")),)
    options = (*LOAD, "-H", target_url, *OPTIONS.get(name, LIMIT))
    with ThreadPoolExecutor(max_workers=2) as pool:
        theirs = pool.submit(finished, locust, path, tmp_path / "theirs", *options)
        ours = pool.submit(finished, OURS, path, tmp_path / "ours", *options)
    return Pair(theirs.result(), ours.result())


@pytest.mark.parametrize("pair", sorted(p.stem for p in FOLDER.glob("*.py")), indirect=True)
def test_behaviour_is_locusts(pair: Pair) -> None:
    assert pair.theirs.stdout, pair.theirs.stderr
    assert pair.ours.stdout == pair.theirs.stdout, pair.ours.stderr
    assert pair.ours.code == pair.theirs.code, pair.ours.stderr
    assert log_lines(pair.ours) == log_lines(pair.theirs)
    for kind in ("stats", "stats_history", "failures", "exceptions"):
        assert pair.ours.header(kind).startswith(pair.theirs.header(kind))
