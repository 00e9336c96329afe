"""Typed face of the C++ extension.

Hot calls (Session verbs, sleep, Recorder.fire, Response attributes) are plain CPython; everything
else is bound with pybind11. Times are milliseconds only where Locust's API says so; all other bare
numbers carry their unit in the name.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self, final

__version__: str

# --- bridge (bindings/bridge.cc) ----------------------------------------------------------------

def sleep(seconds: float) -> None:
    """Let this greenlet wait on the engine's timing wheel; other greenlets run meanwhile."""

def hub_is_waiting() -> int:
    """Return how many greenlets are in a call or a sleep now."""

def flush() -> None:
    """Hand the pending batch of submissions to the I/O threads."""

def engine_health() -> list[HealthInterval]:
    """Return the finished health intervals since the last call, oldest first, at most 900."""

def shutdown() -> None:
    """Stop the I/O threads; running calls end as cancelled. The next call starts a new engine."""

@final
class HealthInterval:
    """What the generator knows about itself over one second."""

    start_s: float  # monotonic
    seconds: float
    verdict: str  # "OK" | "LATE" | "INVALID"
    causes: list[str]
    resume_delay_p99_ms: float
    send_lateness_p99_ms: float
    loop_gap_ms: float
    python_busy: float  # share of one core, 0-1
    io_busy: float  # busiest I/O thread, 0-1
    run_queue_wait: float  # share of time threads waited for a CPU
    steal: float
    resource_errors: int

# --- recording (bindings/recorder.cc) -----------------------------------------------------------

class Recorder:
    """The statistics of one Environment: a table in each I/O thread, merged on reading."""

    def __init__(self) -> None: ...
    def set_listeners(self, listeners: list[Callable[..., None]]) -> None:
        """Share the list of an event's listeners; while it is empty nothing is called in Python."""
    def fire(
        self,
        *,
        request_type: str,
        name: str,
        response_time: float | None,
        response_length: int | None,
        exception: BaseException | str | None = None,
        **context: Any,
    ) -> None:
        """Count one finished request that a script reports, then call the shared listeners.

        Thread: any. At most 1 us without listeners.
        """
    def profile(self, base_url: str, headers: Sequence[tuple[str, str]], **options: Any) -> Profile:
        """Return the (interned) profile: equal arguments give the same object.

        Options: connect_timeout_s, read_timeout_s, total_timeout_s (None = none),
        max_redirects (30), verify (True | False | CA path), cert (None | path | (cert, key)),
        max_connections (10), follow_redirects (True), full_url_name (False: the default request
        name is path+query; True: the URL as passed), http_version (None = agreed over TLS | "1.1" |
        "2" | "h2c"; ValueError for others).
        """
    def collect(self) -> Snapshot:
        """Flush, collect what every I/O thread counted until now, return the sum (GIL released)."""
    def timeline(self, since_s: float = 0.0) -> list[TimelinePoint]:
        """Return totals per interval, oldest first: 1 s for 15 min, then 10 s."""
    def endpoint_timeline(
        self, method: str, name: str, since_s: float = 0.0
    ) -> list[TimelinePoint]: ...
    def window(self, seconds: float = 10.0) -> Snapshot:
        """Return only what finished in the last whole `seconds` seconds (from the timeline)."""
    def reset(self) -> None:
        """Forget all counts; calls in flight will be counted afterwards."""

class Profile:
    """What many sessions share: base URL, default headers, options, pre-rendered requests."""

    base_url: str

# --- client (bindings/session_type.cc, response_type.cc) ----------------------------------------

class Session:
    """Base of client.HttpSession: the waiting calls. Subclass sets `response_class`.

    `request()` and the verbs accept the native keywords (name, catch_response, context,
    allow_redirects, timeout, total_timeout, body, fields, stream); when any other keyword is given
    they first call `self._prepare(method, url, kwargs)`, which returns a dict of native keywords;
    it may hold two more: `url` (in place of the one passed, the default name comes from it too) and
    `profile` (for this call alone).
    `body`: bytes or None. `fields`: sequence of (name, value) that override the profile's headers;
    value None removes one.
    After a call that somebody listens to (or with catch_response) they call
    `self._report(response)` once the outcome is known; the base counts it natively.
    """

    profile: Profile  # may be replaced at any time; takes effect at the next call
    user: Any
    request_name: str | None  # name of the calls that give none; None = from the URL
    def __init__(self, profile: Profile, user: object | None = None) -> None: ...
    def get(self, url: str, **kwargs: Any) -> Response: ...
    def options(self, url: str, **kwargs: Any) -> Response: ...
    def head(self, url: str, **kwargs: Any) -> Response: ...
    def post(self, url: str, data: Any = None, json: Any = None, **kwargs: Any) -> Response: ...
    def put(self, url: str, data: Any = None, **kwargs: Any) -> Response: ...
    def patch(self, url: str, data: Any = None, **kwargs: Any) -> Response: ...
    def delete(self, url: str, **kwargs: Any) -> Response: ...
    def request(self, method: str, url: str, **kwargs: Any) -> Response: ...
    def close(self) -> None: ...

class Response:
    """Lazy reply: native buffers, Python objects only when an attribute is read.

    It has no __dict__ and is not tracked by the collector.

    `client.response.Response` subclasses it with `__slots__ = ()`.
    """

    status_code: int  # 0 when no reply came
    ok: bool
    content: bytes | None
    content_bytes: int  # wire size of the body
    reason: str
    url: str
    request_url: str  # before redirects
    http_version: str  # "1.0", "1.1" or "2"
    remote_address: str
    elapsed: timedelta
    failure_code: str  # "" | "connect" | "timeout-read" | ... (docs/statistics.md)
    failure_message: str
    catching: bool  # made with catch_response=True
    name: str  # request name; writable until judged
    method: str
    response_time_ms: float  # writable until judged (request_meta["response_time"])
    start_time_s: float  # wall clock
    context: dict[str, Any]
    request_body: bytes | None
    extra: dict[str, Any]  # made on first use; the place for Python-side attributes
    session: Session
    def header_list(self) -> list[tuple[str, str]]: ...
    def get_header(self, name: str) -> str | None: ...
    def request_header_list(self) -> list[tuple[str, str]]: ...
    def timings_ms(self) -> dict[str, float]:
        """Phases: blocked, dns, connect, tls, send, wait, receive."""
    def history_urls(self) -> list[tuple[int, str]]:
        """Redirect hops followed: (status, URL)."""
    def success(self) -> None:
        """Count as success. Only inside `with ... catch_response`."""
    def failure(self, exception: BaseException | str) -> None:
        """Count as failure with this text. Only inside `with ... catch_response`."""
    def verdict(self) -> object:
        """None = not said, True = success(), else what failure() was given."""
    def __enter__(self) -> Self: ...
    def __exit__(self, *exc: object) -> bool: ...

# --- statistics (bindings/bind_stats.cc) --------------------------------------------------------

@final
class Snapshot:
    """Immutable sum of everything counted so far."""

    taken_s: float  # monotonic
    wall_s: float
    start_wall_s: float  # of the Recorder, or of its last reset
    total: EntryStats  # method "", name "Aggregated"
    entries: list[EntryStats]  # in order of first appearance
    errors: list[ErrorStats]
    dropped_names: int  # calls counted under "(other)"
    def entry(self, method: str, name: str) -> EntryStats | None: ...
    def subtract(self, earlier: Snapshot) -> Snapshot: ...
    def merge(self, other: Snapshot) -> Snapshot: ...
    def encode(self) -> bytes: ...
    @staticmethod
    def decode(data: bytes) -> Snapshot: ...

@final
class EntryStats:
    """Counters and histograms of one (method, name)."""

    method: str
    name: str
    num_requests: int  # rows: successes and failures, not cancelled
    num_failures: int
    num_cancelled: int
    num_none_requests: int  # without a time
    total_response_time_ms: float
    min_response_time_ms: float | None
    max_response_time_ms: float | None
    avg_response_time_ms: float
    median_response_time_ms: float
    avg_content_bytes: float
    content_bytes: int
    sent_bytes: int
    received_bytes: int
    exchanges: int
    hops: int
    challenges: int
    retries: int
    never_sent: int
    start_wall_s: float
    last_request_wall_s: float | None
    rps: float  # num_requests over the life of the snapshot
    fail_per_s: float
    def percentile(self, share: float) -> float | None:
        """Return the ms below which `share` (0-1) of the response times stay; None if none."""
    def phase_percentile(self, phase: str, share: float) -> float | None: ...
    def phase_mean_ms(self, phase: str) -> float | None: ...
    def intended_percentile(self, share: float) -> float | None: ...
    def histogram(self) -> list[tuple[int, int, int]]:
        """Return occupied buckets (lower_us, upper_us, count), ascending."""
    def status_codes(self) -> dict[int, int]: ...
    def failure_codes(self) -> dict[str, int]: ...

@final
class ErrorStats:
    """One kind of failure of one (method, name)."""

    method: str
    name: str
    code: str  # failure class, e.g. "status", "connect", "script"
    status: int
    text: str
    occurrences: int
    first_seen_wall_s: float
    last_seen_wall_s: float

@final
class TimelinePoint:
    """Totals of one interval of the run."""

    start_s: float  # monotonic
    wall_s: float
    seconds: float
    num_requests: int
    num_failures: int
    num_cancelled: int
    content_bytes: int
    avg_response_time_ms: float
    max_response_time_ms: float | None  # to 0.4 %
    def percentile(self, share: float) -> float | None: ...
    def heat(self) -> list[int]:
        """Return requests by band of response time: band, count, band, count ..., ascending.

        Band b begins at 2**(b//4) * (1 + (b%4)/4) us and is a quarter of an octave wide.
        """

# --- load (bindings/bind_load.cc) ---------------------------------------------------------------

@final
class UserSequence:
    """Which user class spawns next: KL divergence as in Locust, fixed counts first."""

    def __init__(self, classes: Sequence[tuple[str, float, int]]) -> None:
        """`classes`: (name, weight, fixed_count), any order."""
    def next(self, current: Mapping[str, int]) -> str | None: ...
    def users_at(self, count: int) -> dict[str, int]:
        """Return the class counts of a total of `count` users."""

# --- target (bindings/bind_target.cc) -----------------------------------------------------------

@final
class Target:
    """The demo and test server behind `locust-like target`; runs on a native thread of its own."""

    port: int
    tls_port: int  # 0 = no TLS
    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        tls_port: int | None = None,
        certificate_file: str = "",
        key_file: str = "",
    ) -> None:
        """Start listening. `host` is an IP address, port 0 any free one, tls_port None no TLS.

        Raises: ValueError for a wrong host or certificate, OSError when the port cannot be had.
        """
    def counters(self) -> dict[str, Any]:
        """Return what arrived so far; the same document as `GET /stats`.

        requests: complete requests except to /stats*, the sum of by_path and of by_status.
        by_path: requests by root, json, bytes, delay, status, redirect, echo, gzip, chunked,
        unknown (404) and invalid (400). by_status: requests by status (int). stats_requests;
        malformed: connections that sent something else than HTTP; aborted: replies the peer did not
        wait for; connections_accepted, connections_open; bytes_received, bytes_sent: on the wire.
        delay_lateness: count, p50_us, p99_us, max_us of /delay replies after arrival + MS.

        Thread: any; the GIL is released.
        """
    def stop(self) -> None:
        """Stop listening, let running replies end within 1 s, end the thread. Again: no-op.

        Thread: any; blocks with the GIL released.
        """
