"""Everything that crosses between the server and the page, typed once.

From these types come the checks of what a browser sends, the JSON that it gets, `docs/web-api.md`,
the JSON Schema and `webui/src/api/schema.gen.ts` (`python -m locust_like.web.document` writes all
three; a test fails when they are stale). What is sent often is an array, told here field by field:
500 endpoints are 30 KB that way, and 210 KB as objects.

Times: `_ms` are response times; `wall_s` are seconds since the epoch of the server's clock, which
is the only clock that charts use. null = nothing was measured, never 0.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Role = Literal["viewer", "operator"]
RunState = Literal[
    "ready", "spawning", "running", "paused", "stopping", "cleanup", "stopped", "failed"
]
Verdict = Literal["OK", "LATE", "INVALID"]
Phase = Literal["blocked", "dns", "connect", "tls", "send", "wait", "receive"]
Level = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]

Users = Annotated[int, Meta(ge=0, le=10_000_000, description="concurrent users")]
Rate = Annotated[float, Meta(ge=0.001, le=1_000_000, description="users started per second")]
Weight = Annotated[float, Meta(ge=0, le=1_000_000)]
Count = Annotated[int, Meta(ge=0)]
ShortText = Annotated[str, Meta(max_length=1024)]


class Request(Struct, forbid_unknown_fields=True):
    """Base of everything that a browser sends; an unknown field is refused."""


# --- who is looking ------------------------------------------------------------------------------


class Session(Struct):
    """Who the browser is to us. The token goes into the header X-CSRF-Token of every POST."""

    csrf_token: str
    role: Role
    product_version: str
    locustfile: str


class Problem(Struct, omit_defaults=True):
    """Why something was refused: what was wrong, where, and what is accepted."""

    problem: str
    field: str | None = None
    value: str | None = None
    accepted: str | None = None
    current: RunStatus | None = None
    """With status 409: the values that are newer than what the change was based on."""


# --- what can be run -----------------------------------------------------------------------------


class UserClass(Struct):
    """One user class of the locustfile, as it would run now."""

    name: str
    enabled: bool
    weight: float
    fixed_count: int
    """0 = users by weight; more = exactly so many, before all others."""
    host: str | None
    tasks: list[str]
    description: str


class Argument(Struct):
    """An option that the locustfile has added to the command line."""

    name: str
    kind: Literal["text", "number", "switch", "choice", "choices", "secret"]
    value: str | float | bool | list[str] | None
    """The value now; of a secret always null."""
    help: str
    choices: list[str]
    required: bool


class LoadShape(Struct):
    """A load shape of the locustfile: it says how many users there are, second by second."""

    name: str
    reads_load: bool
    """It reads users, spawn rate and run time of the form; others ignore users and spawn rate."""


class LoadPlan(Struct):
    """What the form of a new run shows: what the command line or the last run said."""

    host: str | None
    users: int
    spawn_rate_per_s: float
    run_time_s: float | None
    classes: list[UserClass]
    tags: list[str]
    """All tags that tasks of the locustfile have."""
    chosen_tags: list[str]
    excluded_tags: list[str]
    arguments: list[Argument]
    shapes: list[LoadShape]
    shape: str
    """The one that the run follows; empty = none."""


class ClassChange(Request, omit_defaults=True):
    """New values for one user class; what is left out stays."""

    name: ShortText
    enabled: bool | None = None
    weight: Weight | None = None
    fixed_count: Users | None = None
    host: ShortText | None = None


class StartRun(Request):
    """Start a run. What is left out is as in `LoadPlan`."""

    users: Users | None = None
    spawn_rate_per_s: Rate | None = None
    host: ShortText | None = None
    run_time_s: Annotated[float, Meta(ge=0, le=31_622_400)] | None = None
    """null = as before, 0 = no limit."""
    classes: list[ClassChange] = []
    tags: list[ShortText] | None = None
    exclude_tags: list[ShortText] | None = None
    arguments: dict[str, str | float | bool | list[str] | None] = {}
    shape: ShortText | None = None
    """Name of a load shape; empty = none."""
    based_on: int | None = None


class EditLoad(Request):
    """Change a running load. What is left out stays."""

    users: Users | None = None
    spawn_rate_per_s: Rate | None = None
    classes: list[ClassChange] = []
    based_on: int | None = None
    """`RunStatus.version` that the operator saw; an older one than the current is refused (409)."""


class Order(Request):
    """Pause, resume, stop, stop at once, reset, or undo the last change of the load."""

    based_on: int | None = None


class StaffWorker(Request):
    """What becomes of a worker."""

    kind: Literal["drain", "use", "remove"]
    """`drain` moves its users to the others, `use` gives it users again, `remove` ends it."""


class MarkMoment(Request):
    """Write a note into the charts."""

    text: ShortText


class LoadPreview(Struct):
    """What a change of the load would do."""

    users_now: int
    users_then: int
    spawn_rate_per_s: float
    seconds: float
    classes: dict[str, int]
    """Users of each class at the end."""
    text: str
    """`100 -> 250 users at 10/s, about 15 s`."""


# --- the run as it is ----------------------------------------------------------------------------


class Annotation(Struct):
    """Something that an operator or the run did at a moment."""

    wall_s: float
    kind: Literal[
        "start", "load", "pause", "resume", "stop", "reset", "mark", "spawned", "workers", "end"
    ]
    text: str
    who: str
    """`web`, `terminal`, `api`, `script`, or a name that somebody logged in with."""


class RunStatus(Struct):
    """Where the run is and what it was told; `version` grows with every change."""

    run: int
    """Number of the run in this process, 0 before the first; figures of different runs differ."""
    version: int
    state: RunState
    users: int
    target_users: int
    spawn_rate_per_s: float
    start_wall_s: float | None
    elapsed_s: float
    run_time_s: float | None
    ending: str
    """Why the last run ended; empty while it runs."""
    host: str | None
    classes: dict[str, int]
    """Users of each class now."""
    can_undo_s: float
    """For how long the last change of the load can be undone; 0 = there is nothing to undo."""
    shape: str
    """The load shape that decides on the load; empty = operators do."""


class Health(Struct):
    """What the generator says about itself since the last tick."""

    verdict: Verdict
    causes: list[str]
    python_busy: float
    """Share of a core, 0-1."""
    io_busy: float
    resume_delay_p99_ms: float
    unverified: list[str]
    """User classes that talk TLS without verifying certificates."""


class WorkersCount(Struct):
    """How many workers there are."""

    here: int
    known: int
    """Those that were lost in this run included."""
    troubled: int
    """Of those here, how many are busy, stuck, late or invalid."""
    is_degraded: bool
    """A worker was lost while the run was active."""
    unaccounted_estimate: int
    """About how many requests of lost workers are missing."""


class Worker(Struct):
    """One worker of the run."""

    index: int
    name: str
    host: str
    pid: int
    version: str
    state: str
    """A state of the run, or `busy` (its Python answers nobody), `stuck` (for long), `loading` (its
    locustfile), `missing` (it was lost)."""
    reason: str
    """Why it is not here; empty while it is."""
    users: int
    target_users: int
    is_drained: bool
    """It gets no users until an operator uses it again."""
    requests: int
    """Counted in this run."""
    unaccounted_requests: int
    """Known to be missing."""
    unaccounted_s: float
    unaccounted_estimate: int
    """About how many requests fit into these seconds."""
    cpu_share: float
    """Of a core; two threads at work may be more than 1."""
    memory_bytes: int
    python_age_s: float
    """Since its Python last did anything."""
    blocking: str
    """Where its Python computes."""
    heartbeat_age_s: float
    clock_skew_s: float
    """How far its clock is ahead of the master's."""
    round_trip_s: float
    verdict: Verdict
    cause: str
    resume_delay_p99_ms: float
    """The largest of its seconds."""
    has_other_locustfile: bool
    """It is not the same as the master's."""


class Workers(Struct):
    """All workers of the run; none where the users are in the process itself."""

    wall_s: float
    workers: list[Worker]
    is_degraded: bool


class Row(Struct, array_like=True):
    """One endpoint, since the start of the run and (`now_`) over the last 10 s."""

    id: int
    """Index into the names that `Tick.names` told; -1 = the total."""
    requests: int
    failures: int
    cancelled: int
    rps: float
    fail_per_s: float
    avg_ms: float | None
    min_ms: float | None
    max_ms: float | None
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    avg_bytes: float
    now_requests: int
    now_failures: int
    now_rps: float
    now_fail_per_s: float
    now_p50_ms: float | None
    now_p90_ms: float | None
    now_p95_ms: float | None
    now_p99_ms: float | None
    now_max_ms: float | None


class Name(Struct, array_like=True):
    """The name behind an id; sent once to each viewer."""

    id: int
    method: str
    name: str


class Point(Struct, array_like=True):
    """One interval of the charts. Intervals without a point are gaps."""

    wall_s: float
    seconds: float
    requests: int
    failures: int
    cancelled: int
    content_bytes: int
    p50_ms: float | None
    p90_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None
    heat: list[int]
    """Pairs (band, requests), flat. Band b begins at 2**(b//4) * (1 + (b%4)/4) microseconds."""
    users: int | None
    target_users: int | None
    verdict: Verdict
    errors: dict[str, int]
    """Failures by kind (`timeout-read`, `status`, ...)."""


class Tick(Struct):
    """The run at one moment; the data of each event of the stream.

    `rows` are all endpoints up to 200; above that the ones that the viewer's `View` shows.
    """

    id: str
    """`RUN.SECOND`; what `Last-Event-ID` or `?since=` says when the stream is resumed."""
    wall_s: float
    status: RunStatus
    health: Health
    workers: WorkersCount | None
    """None where the users are in the process itself."""
    total: Row
    names: list[Name]
    rows: list[Row]
    row_count: int
    """Endpoints that pass the filter; more than `rows` has when the server sorts."""
    first_row: int
    server_sorts: bool
    points: list[Point]
    annotations: list[Annotation]
    """New since the viewer's last tick."""
    failure_kinds: int
    exceptions: int
    warnings: int
    """How many rows the pages Failures and Exceptions have, and warnings the log."""


class Hello(Struct):
    """First event of each stream."""

    stream: str
    """Names this stream in `View.stream`."""
    plan: LoadPlan
    annotations: list[Annotation]


class Poll(Struct):
    """What a viewer without a stream asks for each second."""

    hello: Hello | None
    """Of the first poll; its `stream` is sent with the next ones."""
    tick: Tick


class View(Request):
    """Which rows a viewer looks at; needed only where `Tick.server_sorts`."""

    stream: ShortText
    sort: ShortText = "requests"
    """A field of `Row`, or `name` or `method`."""
    descending: bool = True
    filter: ShortText = ""
    """Words that all must match: text of the name, `method:GET`, `name:/x`, `fail>0`, `p95>300`."""
    first: Count = 0
    count: Annotated[int, Meta(ge=1, le=200)] = 60


class Rows(Struct):
    """The rows of a `View` at once, so that scrolling does not wait for a tick."""

    rows: list[Row]
    names: list[Name]
    row_count: int
    first_row: int


class History(Struct):
    """The past of the run, or of one endpoint: 1 s for 15 minutes, 10 s before."""

    run: int
    points: list[Point]
    annotations: list[Annotation]


# --- pages ---------------------------------------------------------------------------------------


class Failure(Struct):
    """One kind of failure of one endpoint."""

    id: int
    method: str
    name: str
    kind: str
    text: str
    occurrences: int
    share: float
    """Of the requests of its endpoint, 0-1."""
    first_seen_wall_s: float
    last_seen_wall_s: float
    captures: int


class Failures(Struct):
    """All kinds of failure, most frequent first, at most 500."""

    failures: list[Failure]
    total: int


class CapturedMessage(Struct):
    """Fields and the beginning of the body of a captured request or reply; secrets are masked."""

    fields: list[tuple[str, str]]
    body: str
    body_bytes: int
    is_text: bool
    is_whole: bool


class Capture(Struct):
    """A failed call as sent and answered; status 0 and empty texts where nothing came."""

    wall_s: float
    method: str
    url: str
    protocol: str
    remote_address: str
    status: int
    reason: str
    hops: int
    response_time_ms: float
    phases: list[tuple[Phase, float]]
    """(phase, ms), in order."""
    request: CapturedMessage
    reply: CapturedMessage
    curl: str


class FailureDetails(Struct):
    """What the drawer of a failure shows."""

    failure: Failure
    captures: list[Capture]


class ScriptError(Struct):
    """One kind of exception of the locustfile."""

    title: str
    text: str
    traceback: str
    count: int
    nodes: list[str]
    first_seen_wall_s: float
    last_seen_wall_s: float


class ScriptErrors(Struct):
    """All kinds of exception, most frequent first."""

    exceptions: list[ScriptError]


class ExtraTable(Struct):
    """A table that the locustfile adds; each row has a text for each column."""

    title: str
    columns: list[str]
    rows: list[list[str]]


class ExtraFile(Struct):
    """A file that the locustfile offers, at a path of this server."""

    title: str
    href: str


class Extras(Struct):
    """What the locustfile adds to the page."""

    tables: list[ExtraTable]
    files: list[ExtraFile]


class LogLine(Struct, array_like=True):
    """One record of the log; secrets are masked."""

    id: int
    wall_s: float
    level: Level
    logger: str
    text: str


class Logs(Struct):
    """Lines after `?after=ID`, oldest first, at most 1,000 at once."""

    lines: list[LogLine]
    dropped: int
    """Lines that were lost since `after`, because too many came."""
    next: int


class PhaseTime(Struct):
    """One phase of an endpoint's requests."""

    phase: Phase
    mean_ms: float | None
    p95_ms: float | None


class Endpoint(Struct):
    """What the drawer of one row shows."""

    id: int
    method: str
    name: str
    row: Row
    phases: list[PhaseTime]
    status_codes: dict[str, int]
    protocols: dict[str, int]
    histogram: list[tuple[float, float, int]]
    """(lower ms, upper ms, requests), ascending, at most 120."""
    failures: list[Failure]
    retries: int
    hops: int
    sent_bytes: int
    received_bytes: int
