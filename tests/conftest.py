"""Fixtures of all Python tests: a clean environment, the native test server, fake figures."""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest

SETTINGS = ("LOCUST_", "LL_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_")
REAL_LOCUST = (
    "locust~=2.47.0",
    "dnspython",
    "httpx",
    "openai",
    "paho-mqtt",
    "psycopg[binary]",
    "pymongo",
)
"""What we are compared with, from PyPI, and the libraries of its users for other protocols."""
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def pytest_configure() -> None:
    """Hear of SIGINT, and let what tests start do so: a job in the background inherits deafness."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide what the developer's shell sets and the product would read."""
    for name in os.environ:
        if name.startswith(SETTINGS) or name.lower() in PROXIES:
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the root of the source tree."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def target_url() -> Iterator[str]:
    """Run `locust-like target`'s server in this process and return its base URL."""
    from locust_like._core import Target

    target = Target()
    yield f"http://127.0.0.1:{target.port}"
    target.stop()


@pytest.fixture
def resident_bytes() -> Callable[[], int]:
    """Return what tells the resident memory; 0 with AddressSanitizer, which keeps what is freed."""
    if "libasan" in os.environ.get("LD_PRELOAD", ""):
        return lambda: 0
    page_bytes = os.sysconf("SC_PAGE_SIZE")
    return lambda: int(Path("/proc/self/statm").read_text().split()[1]) * page_bytes


@pytest.fixture(scope="session")
def real_locust(checkout: Path) -> Path:
    """Return the Python of a virtual environment with Locust, which is made on first use."""
    return python_with(checkout / "build/real-locust", REAL_LOCUST)


@pytest.fixture(scope="session")
def httpbin_python(checkout: Path) -> Path:
    """Return the Python of a virtual environment with httpbin, which wants an old greenlet."""
    return python_with(checkout / "build/httpbin", ("httpbin",))


@pytest.fixture(scope="session")
def locust_plugins(checkout: Path) -> Path:
    """Return a folder with locust_plugins and nothing else, for the PYTHONPATH of any Python."""
    folder = checkout / "build/locust-plugins"
    # Without what it depends on, because that is Locust.
    packages = ("locust-plugins~=5.0", "typing-extensions")
    install = (sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--upgrade")
    made_once(folder, packages, (*install, "--target", str(folder), *packages))
    return folder


def python_with(venv: Path, packages: tuple[str, ...]) -> Path:
    """Return the Python of a virtual environment with packages, which is made on first use."""
    python = venv / "bin/python"
    make = (sys.executable, "-m", "venv", str(venv))
    made_once(venv, packages, make, (str(python), "-m", "pip", "install", "-q", *packages))
    return python


def made_once(folder: Path, packages: tuple[str, ...], *commands: tuple[str, ...]) -> None:
    """Let commands fill a folder with packages, unless it has them already."""
    wanted = folder / "wanted"
    # Another pytest may be at it.
    with folder.with_name(f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not wanted.exists() or wanted.read_text() != str(packages):
            for command in commands:
                subprocess.run(command, check=True, capture_output=True, text=True)
            wanted.write_text(str(packages))


@dataclass
class FakeEntry:
    """Stands for `_core.EntryStats`; the figures are those of `times_ms`."""

    method: str = "GET"
    name: str = "/"
    times_ms: list[float] = field(default_factory=list)
    num_failures: int = 0
    num_cancelled: int = 0
    num_none_requests: int = 0
    content_bytes: int = 0
    exchanges: int = 0
    hops: int = 0
    challenges: int = 0
    retries: int = 0
    never_sent: int = 0
    start_wall_s: float = 1000.0
    last_request_wall_s: float | None = None
    seconds: float = 10.0

    @property
    def num_requests(self) -> int:
        return len(self.times_ms) + self.num_none_requests

    @property
    def total_response_time_ms(self) -> float:
        return sum(self.times_ms)

    @property
    def min_response_time_ms(self) -> float | None:
        return min(self.times_ms, default=None)

    @property
    def max_response_time_ms(self) -> float | None:
        return max(self.times_ms, default=None)

    @property
    def avg_response_time_ms(self) -> float:
        return sum(self.times_ms) / len(self.times_ms) if self.times_ms else 0.0

    @property
    def median_response_time_ms(self) -> float:
        return self.percentile(0.5) or 0.0

    @property
    def avg_content_bytes(self) -> float:
        return self.content_bytes / self.num_requests if self.num_requests else 0.0

    @property
    def rps(self) -> float:
        return self.num_requests / self.seconds

    @property
    def fail_per_s(self) -> float:
        return self.num_failures / self.seconds

    def percentile(self, share: float) -> float | None:
        ordered = sorted(self.times_ms)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else None

    def protocols(self) -> dict[str, int]:
        return {"HTTP/1.1": self.exchanges} if self.exchanges else {}

    def histogram(self) -> list[tuple[int, int, int]]:
        return [(int(t * 1000), int(t * 1000), 1) for t in sorted(self.times_ms)]


@dataclass
class FakeError:
    """Stands for `_core.ErrorStats`."""

    method: str = "GET"
    name: str = "/"
    code: str = "status"
    status: int = 500
    text: str = "500 Server Error"
    occurrences: int = 1
    first_seen_wall_s: float = 0.0
    last_seen_wall_s: float = 60.0
    captures: list[object] = field(default_factory=list)


@dataclass
class FakePoint:
    """Stands for `_core.TimelinePoint`."""

    wall_s: float = 0.0
    num_requests: int = 0
    num_failures: int = 0


@dataclass
class FakeSnapshot:
    """Stands for `_core.Snapshot`; the total is given or empty."""

    entries: list[FakeEntry] = field(default_factory=list)
    errors: list[FakeError] = field(default_factory=list)
    total: FakeEntry = field(default_factory=lambda: FakeEntry("", "Aggregated"))
    start_wall_s: float = 1000.0
    wall_s: float = 1010.0
    dropped_names: int = 0

    def entry(self, method: str, name: str) -> FakeEntry | None:
        return next((e for e in self.entries if (e.method, e.name) == (method, name)), None)


@dataclass
class FakeRecorder:
    """Stands for `_core.Recorder`: hands out what a test puts in, counts the readings."""

    now: FakeSnapshot = field(default_factory=FakeSnapshot)
    last_seconds: FakeSnapshot = field(default_factory=FakeSnapshot)
    points: list[FakePoint] = field(default_factory=list)
    collects: int = 0
    resets: int = 0
    fired: list[dict[str, object]] = field(default_factory=list)

    def collect(self) -> FakeSnapshot:
        self.collects += 1
        return self.now

    def window(self, seconds: float) -> FakeSnapshot:
        assert seconds == 10.0
        return self.last_seconds

    def timeline(self) -> list[FakePoint]:
        return self.points

    def endpoint_timeline(self, method: str, name: str) -> list[FakePoint]:
        assert (method, name) != ("", "Aggregated")
        return self.points

    def fire(self, **payload: object) -> None:
        self.fired.append(payload)

    def reset(self) -> None:
        self.resets += 1


@pytest.fixture(scope="session")
def fake_core() -> SimpleNamespace:
    """Return stand-ins for the values that `_core` hands out, for tests without an engine."""
    return SimpleNamespace(
        Entry=FakeEntry,
        Error=FakeError,
        Point=FakePoint,
        Snapshot=FakeSnapshot,
        Recorder=FakeRecorder,
    )


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let tests of the web page keep their pictures."""
    parser.addoption("--pictures", metavar="FOLDER", help="keep pictures of the web page here")
