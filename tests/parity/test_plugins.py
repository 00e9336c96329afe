"""locust_plugins, the package of Locust's own users, does here what it does under real Locust."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from .programs import OURS, Finished, finished

PATH = Path(__file__).parent / "locustfiles/plugins/shop.py"
LIMIT = ("-t", "30s", "-r", "100", "-u", "1")

Both = Callable[..., tuple[Finished, Finished]]


@pytest.fixture
def both(real_locust: Path, locust_plugins: Path, target_url: str, tmp_path: Path) -> Both:
    """Return what runs the locustfile by both, side by side: theirs, ours."""

    def run(*options: str) -> tuple[Finished, Finished]:
        given = (*LIMIT, "-H", target_url, *options)
        path = f"PYTHONPATH={locust_plugins}"
        locust = (str(real_locust.with_name("locust")),)
        with ThreadPoolExecutor(max_workers=2) as pool:
            theirs = pool.submit(finished, locust, PATH, tmp_path / "a", *given, environ=path)
            ours = pool.submit(finished, OURS, PATH, tmp_path / "b", *given, environ=path)
        return theirs.result(), ours.result()

    return run


@pytest.mark.parametrize(
    ("options", "printed", "code"),
    [
        (("Shopper", "--check-fail-ratio", "0.01"), "item 100 size 5", 3),
        (("Pooled", "-i", "9", "--ips", "50", "--check-rps", "900"), "requests 9 rows 9", 3),
    ],
    ids=["readers and listeners", "iterations, pacing and checks"],
)
def test_it_prints_and_ends_alike(
    options: tuple[str, ...], printed: str, code: int, both: Both
) -> None:
    theirs, ours = both(*options)
    assert printed in ours.stdout, ours.stderr
    assert (ours.stdout, ours.code) == (theirs.stdout, theirs.code), ours.stderr
    assert ours.code == code, ours.stderr
