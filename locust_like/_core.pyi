"""Typed face of the C++ extension.

Hot calls (Session verbs, sleep, Recorder.fire, Response attributes) are plain CPython; everything
else is bound with pybind11. Times are milliseconds only where Locust's API says so; all other bare
numbers carry their unit in the name.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self, TypeAlias, final

__version__: str

# name, value, domain, path, expires_s (since the epoch; None: with the session), secure, http_only,
# host_only. The name exists for type checkers alone.
_CookieTuple: TypeAlias = tuple[str, str, str, str, int | None, bool, bool, bool]

def escaped_text(text: str) -> str:
    """Return a text as part of one line: control characters as repr() writes them."""

def masked_text(text: str) -> str:
    """Return a text without the credentials in it: headers, URLs, JSON, reprs, arguments.

    Idempotent; texts without any come back equal. Rules: csrc/base/masking.h.
    """

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
        response_length: float | None,
        exception: BaseException | str | bool | None = None,
        **context: Any,
    ) -> None:
        """Count one finished request that a script reports, then call the shared listeners.

        Thread: any. At most 1 us without listeners.
        """
    def profile(self, base_url: str, headers: Sequence[tuple[str, str]], **options: Any) -> Profile:
        """Return the (interned) profile: equal arguments give the same object.

        Options: connect_timeout_s, read_timeout_s, total_timeout_s (None = none),
        max_redirects (30), verify (True | False | CA path), cert (None | path | (cert, key)),
        max_connections (10), keepalive_expiry_s (118), reuse_connections (True: otherwise each
        exchange has a connection of its own), retry_stale (True), follow_redirects (True),
        full_url_name (False: the default request name is path+query; True: the URL as passed),
        http_version (None = agreed over TLS | "1.1" | "2" | "h2c"; ValueError for others),
        discard_body (False), keeps_cookies (True; False: the caller has a jar of its own), proxies
        (pairs of pattern and URL), no_proxy (""), tls_min_version, tls_max_version (None | "1.2" |
        "1.3"), tls_ciphers, tls_server_name (None), tls_resumption (False), source_addresses (():
        those of set_network()), shared_pool (""; a name: all sessions of the recorder with that
        name share up to max_connections in each I/O thread).
        """
    def set_targets(
        self, resolve: Sequence[str], block: Sequence[str], allow: Sequence[str]
    ) -> None:
        """Say which servers the profiles made from now on may reach, and where names lead.

        Texts as --resolve, --block and --allow-target have them; ValueError for others.
        """
    def set_network(
        self,
        source_addresses: Sequence[str],
        dns_servers: Sequence[str],
        dns_system: bool = False,
        dns_ttl_s: float | None = None,
        dns_select: str = "first",
        dns_policy: str = "any",
    ) -> None:
        """Say where connections of the profiles made from now on start, and who knows names.

        Args:
            source_addresses: IP addresses of this machine, used in turn; empty: the kernel chooses.
                The option of a profile wins.
            dns_servers: "IP" or "IP:PORT"; empty: those of the system.
            dns_system: ask getaddrinfo() in place of servers.
            dns_ttl_s: how long answers are kept; 0 = not at all, None = as long as they say.
            dns_select: which address begins: first, random or roundRobin.
            dns_policy: any, preferIPv4, preferIPv6, onlyIPv4 or onlyIPv6.

        Raises: ValueError.
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
    allow_redirects, timeout, total_timeout, body, discard_body, fields, cookie_line, digest,
    response_hooks). The common forms of headers, params, data and json are turned into these, a
    document by `self._json_body(document)`, which returns bytes. When any other keyword or form is
    given, or `prepares_always` is set, they first call `self._prepare(method, url, kwargs)`, which
    returns a dict of native keywords; it may hold two more: `url` (in place of the one passed, the
    default name comes from it too) and `profile` (for this call alone).
    `body`: bytes, None, or an object that makes the body while it is sent (client/uploads.py
    Upload): `length_bytes`, `rewinds`, `next_piece()`, `rewind()`.
    `discard_body`: True = the reply's body is counted, not kept.
    `fields`: sequence of (name, value) that override the profile's headers; value None removes one.
    `cookie_line`: "a=1; b=2" of this call alone. `digest`: (user, password) that answer a 401.
    `response_hooks`: handed to `self._run_hooks(response, hooks)` before the call is counted, which
    returns the verdict (None: the call's own) and what the caller gets.
    After a call that somebody listens to (or with catch_response) they call
    `self._report(response)` once the outcome is known; the base counts it natively.
    """

    profile: Profile  # may be replaced at any time; takes effect at the next call
    user: Any
    prepares_always: int  # 1: every call goes through _prepare()
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
    def cookie_list(self) -> list[_CookieTuple]:
        """Return the unexpired cookies in the order of sending; the jar is made on first use."""
    def put_cookie(
        self,
        name: str,
        value: str,
        domain: str,
        path: str,
        expires_s: float | None,
        secure: bool,
        http_only: bool,
        host_only: bool,
        /,
    ) -> None:
        """Add or replace a cookie; domain "" is any host. ValueError for what cannot be sent."""
    def remove_cookies(self, domain: str | None, path: str | None, name: str | None, /) -> int:
        """Remove the cookies that match, None matching all; return how many."""
    def close(self) -> None: ...

class Response:
    """Lazy reply: native buffers, Python objects only when an attribute is read.

    It has no __dict__ and is not tracked by the collector.

    `client.response.Response` subclasses it with `__slots__ = ()`.
    """

    status_code: int  # 0 when no reply came
    ok: bool
    content: bytes | None
    wire_content: bytes  # as it came, not decoded
    content_bytes: int  # wire size of the body; writable until judged
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
    method: str  # of the row; writable until judged
    response_time_ms: float | None  # writable until judged; None = counted without a time
    start_time_s: float  # wall clock
    context: dict[str, Any]
    request_method: str  # of the last exchange
    request_body: bytes | None
    streamed: bool  # made with stream=True, and a body was to come
    extra: dict[str, Any]  # made on first use; the place for Python-side attributes
    session: Session
    def header_list(self) -> list[tuple[str, str]]: ...
    def get_header(self, name: str) -> str | None: ...
    def request_header_list(self) -> list[tuple[str, str]]: ...
    def capture(self) -> Capture:
        """Return request and reply of the last exchange, without secrets."""
    def timings_ms(self) -> dict[str, float]:
        """Phases: blocked, dns, connect, tls, send, wait, receive."""
    def cookie_list(self) -> list[_CookieTuple]:
        """Return what the reply's Set-Cookie fields store, as Session.cookie_list() does."""
    def history_list(self) -> list[tuple[int, str, str, list[tuple[str, str]]]]:
        """Return the redirect hops followed: (status, URL, reason, header fields)."""
    def leave_encoded(self) -> None:
        """Let the pieces of a streamed body be what comes over the wire, not decoded."""
    def next_piece(self) -> bytes:
        """Wait for the next bytes of a streamed body, decoded; empty at its end."""
    def close(self) -> None:
        """Drop what has not been read of a streamed body."""
    def success(self) -> None:
        """Count as success. Only inside `with ... catch_response`."""
    def failure(self, exception: BaseException | str) -> None:
        """Count as failure with this text. Only inside `with ... catch_response`."""
    def verdict(self) -> object:
        """None = not said, True = success(), else what failure() was given."""
    def absorb(self, earlier: Response, /) -> None:
        """Count an earlier call as the beginning of this one, which takes its method and name.

        For libraries that follow redirects and answer challenges themselves: times, bytes and
        exchanges are added up. ValueError when either is counted already.
        """
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
    def protocols(self) -> dict[str, int]:
        """Return requests by the protocol of their final reply, for example {"HTTP/2": 12}."""

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
    captures: list[Capture]  # of its first failures, at most 3

@final
class Capture:
    """One call as it was sent and answered, for people to look at; secrets are masked."""

    wall_s: float  # when it ended
    method: str
    url: str  # of the last exchange
    protocol: str  # of the reply: "", "HTTP/1.0", "HTTP/1.1" or "HTTP/2"
    remote_address: str  # "" = there was no connection
    status: int  # 0 = no reply came
    reason: str
    hops: int  # redirects that were followed before
    response_time_ms: float
    phases_ms: dict[str, float]
    request: CapturedMessage
    reply: CapturedMessage

@final
class CapturedMessage:
    """Fields and the beginning of the body of a captured request or reply."""

    fields: list[tuple[str, str]]
    body: str  # decoded; at most 4 KiB
    body_bytes: int  # of the whole, as it travels
    is_text: bool
    is_whole: bool  # nothing of the body is left out

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
    @staticmethod
    def joined(points: Sequence[TimelinePoint]) -> TimelinePoint:
        """Return neighbours, oldest first, as one interval; its percentiles are exact.

        Raises: ValueError for no points.
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

@final
class Placement:
    """Which users run on which worker, and which few to start, stop or move next.

    The users of a total of N are those of `UserSequence.users_at(N)`, and every worker has its
    share of them by weight, rounded down or up. With equal weights the order, up and down, is
    Locust's. Changes of workers or classes are corrected by `step`, and only the difference is:
    when a worker is lost its users start on the others; when one joins the others give users to it;
    when classes change, users of those too many make way for users of those too few.

    Thread: one at a time; nothing blocks. Deterministic, without a clock.
    """

    placed: int  # users of all workers
    def __init__(self, classes: Sequence[tuple[str, float, int]]) -> None:
        """`classes` as in `set_classes`; there are no workers yet."""
    def set_classes(self, classes: Sequence[tuple[str, float, int]]) -> None:
        """Replace the classes: (name, weight, fixed_count), any order.

        Raises: ValueError for a name that comes twice.
        """
    def set_workers(self, workers: Sequence[tuple[int, str, float]]) -> dict[int, dict[str, int]]:
        """Replace the workers: (index, host, weight 0.001 to 1000), any order.

        Returns: the users that workers had who are not there any more, by index and class.
        Raises: ValueError for an index that comes twice or a weight out of range.
        """
    def step(self, target: int, most: int) -> dict[int, dict[str, int]]:
        """Go towards `target` users: at most `most` start and at most `most` stop.

        A user that moves to another worker does both. Missing users come first, moves last.

        Returns: users by class that each worker has more, or (below 0) fewer, than before.
        """
    def is_settled(self, target: int) -> bool:
        """Return whether `step` has nothing to do for this target."""
    def counts(self) -> dict[str, int]:
        """Return the users of all workers by class, zeros included."""
    def of_worker(self, index: int) -> dict[str, int]:
        """Return the users of one worker by class, zeros included; empty for an unknown one."""

# --- cluster (bindings/bind_cluster.cc) ---------------------------------------------------------
# Links live on native threads of their own. They never call into Python: `fileno()` becomes
# readable, `take_events()` says why. In a forked child a link of the parent does nothing.

@final
class ClusterKeys:
    """The keys of a master: its own pair, and the one that its workers share."""

    join_token: str  # for workers; secret
    @staticmethod
    def generate() -> ClusterKeys: ...
    @staticmethod
    def decode(text: str) -> ClusterKeys:
        """Read what encode() wrote. Raises: ValueError."""
    def encode(self) -> str:
        """Return the text that a master keeps, so that its workers know it again; secret."""

def check_join_token(token: str) -> None:
    """Raise ValueError, saying in a sentence what to do, unless this is a join token."""

@final
class LinkEvent:
    """What happened on a link.

    Kinds of a master (index = the worker's):
    joined (text = its name); rejoined; lost (text = why); left (text = why); refused (text; at most
    10 a second, index -1 for strangers); parcel (text = its kind, document), exactly once and in
    order; finished (number = run): the last report of that run is counted; stale-report (number =
    run): figures of another run than the current one were not counted; applied (number = version);
    log (text).
    Kinds of a worker:
    connected; admitted (number = our index, text = "new-master" or "same-master"); refused (text =
    why, and what to do); disconnected; assignment (number = version, document): only the newest;
    order (text = its kind, number, document), exactly once and in order; orphaned: no master for
    10 s; gave-up (text): the end; drained (number = run): its last report is acknowledged; goodbye
    (text); log (text).
    """

    kind: str
    index: int
    text: str
    number: int
    document: bytes

@final
class WorkerStatus:
    """What a master knows of one worker."""

    index: int  # the same for a process as long as the master knows it
    worker_id: str  # random, of the process
    name: str
    host: str
    pid: int
    weight: float
    product_version: str
    generation: int  # of its admission; 0 after it was ejected
    is_here: bool
    reason: str  # why it is not here: "no heartbeat for 3.0 s", "disconnected", "exited" ...
    state: str  # what it said in beat()
    users: int
    received_version: int
    applied_version: int
    recorded_requests: int  # of this run
    counted_requests: int  # of this run, in our statistics
    unaccounted_requests: int  # recorded, but lost with it; 0 while it is here
    unaccounted_s: float  # for so long, at most, nothing was reported; 0 while it is here
    unaccounted_estimate: int  # requests that fit into it at the rate of its last report
    cpu_share: float  # of one core
    rss_bytes: int
    python_age_s: float  # since its Python called beat()
    blocking: str
    heartbeat_age_s: float
    clock_skew_s: float  # its wall clock is so far ahead of ours
    round_trip_s: float

@final
class MasterLink:
    """A master's side of the cluster. Thread: any; the GIL is released."""

    port: int
    master_id: int
    def __init__(
        self, recorder: Recorder, keys: ClusterKeys, host: str, port: int, product_version: str
    ) -> None:
        """Listen; what workers report is counted into `recorder`. `port` 0: any free one.

        Raises: OSError when the port cannot be had, ValueError for a wrong address.
        """
    def fileno(self) -> int:
        """Return a descriptor that is readable while events wait."""
    def take_events(self) -> list[LinkEvent]: ...
    def workers(self) -> list[WorkerStatus]:
        """Return those here and those gone (the last 1,000), by index."""
    def begin_run(self, run: int) -> None:
        """Count only figures of this run from now on. Call it before the recorder is reset."""
    def assign(self, index: int, run: int, document: bytes) -> int:
        """Replace what the worker shall do; return the version. Raises: ValueError (> 1 MiB)."""
    def send(self, index: int, kind: str, document: bytes) -> None:
        """Send an order. Raises: ValueError (> 1 MiB), OSError when too many wait."""
    def remove(self, index: int, text: str) -> None:
        """Refuse the worker from now on, and tell it why."""
    def close(self, timeout_s: float = 1.0) -> None:
        """Say goodbye to all, end the thread. Again: no-op."""

@final
class WorkerLink:
    """A worker's side of the cluster. Thread: any; the GIL is released."""

    worker_id: str
    heartbeat_age_s: float  # since the master was last heard, or since the start
    def __init__(
        self,
        recorder: Recorder,
        host: str,
        port: int,
        token: str,
        product_version: str,
        *,
        weight: float = 1.0,
        max_wait_s: float = 600.0,
        name: str = "",
    ) -> None:
        """Connect, again and again; what `recorder` counts is reported each second.

        Raises: ValueError for a damaged token or a wrong address.
        """
    def fileno(self) -> int:
        """Return a descriptor that is readable while events wait."""
    def take_events(self) -> list[LinkEvent]: ...
    def beat(self, state: str, users: int, applied_version: int) -> None:
        """Say that Python is alive and what it does; a change is sent at once."""
    def set_blocking(self, text: str) -> None:
        """Say what holds Python up; empty = nothing. From a thread that still runs."""
    def begin_run(self, run: int) -> None:
        """Report as this run from now on. Call it after the recorder is reset, before users run."""
    def finish_run(self) -> None:
        """Queue what was counted until now as the run's last report; see event `drained`."""
    def send(self, kind: str, document: bytes) -> None:
        """Send a parcel. Raises: ValueError (> 1 MiB), OSError when 64 MiB wait.

        Parcels of kind "log" are dropped first when much waits.
        """
    def flush(self, timeout_s: float) -> bool:
        """Report what was counted until now; wait until all is acknowledged. False: too late."""
    def close(self, timeout_s: float = 1.0) -> None:
        """Say goodbye, end the thread; what is not acknowledged is lost. Again: no-op."""

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
