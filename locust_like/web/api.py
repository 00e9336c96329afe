"""The JSON interface: a table of routes, and one way in and out for all of them."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from flask import Blueprint, Response, request

from locust_like.errors import (
    CommandError,
    FilterError,
    RefusedError,
    StaleCommand,
    TooManyViewersError,
)
from locust_like.runtime.commands import Mark, Order
from locust_like.web import schemas
from locust_like.web.convert import (
    edit_of,
    plan_of,
    preview_of,
    staff_of,
    start_of,
    status_of,
    workers_of,
)
from locust_like.web.endpoint import endpoint, failure_details, failures, script_errors
from locust_like.web.filters import ACCEPTED
from locust_like.web.stream import events

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust_like.runtime.commands import Command, OrderKind
    from locust_like.runtime.control_values import ControlLike
    from locust_like.runtime.environment import Environment
    from locust_like.web.feed import Feed
    from locust_like.web.logbook import Logbook
    from locust_like.web.schemas import Role

PREFIX = "/api/v1"
_MOST_LINES = 1000


class Route(NamedTuple):
    """One route, as docs/web-api.md tells it.

    Attributes:
        name: of the method of `Api` that answers.
        body: what is sent; None = nothing.
        reply: what is answered; None = a stream.
        query: what may stand behind the question mark.
        operator: viewers are refused.
    """

    method: str
    path: str
    name: str
    says: str
    reply: type | None
    body: type | None = None
    query: tuple[tuple[str, str], ...] = ()
    operator: bool = False


_ORDERS: tuple[tuple[OrderKind, str], ...] = (
    ("pause", "Let users take no new task; running tasks are finished."),
    ("resume", "Let paused users go on."),
    ("stop", "Stop the run; running tasks have the stop timeout to finish. Answers at once."),
    ("stop_now", "Stop the run and cancel what is in flight."),
    ("reset", "Forget all figures."),
    ("undo", "Take the last change of the load back, within 10 s."),
)

ROUTES: tuple[Route, ...] = (
    Route("GET", "/status", "status", "Where the run is.", schemas.RunStatus),
    Route("GET", "/plan", "plan", "What the next run would be.", schemas.LoadPlan),
    Route(
        "GET", "/stream", "stream",
        "Server-sent events: `hello` (Hello), then `tick` (Tick) once a second with an id, a "
        "comment every 5 s, `bye` at the end. Last-Event-ID resumes.", None,
        query=(("since", "id of the last tick, where the header cannot be sent"),),
    ),
    Route(
        "GET", "/poll", "poll", "The same for who cannot stream; ask once a second.", schemas.Poll,
        query=(("stream", "as the first poll has told"), ("since", "id of the last tick")),
    ),
    Route(
        "POST", "/view", "view", "Choose the rows of a stream, and get them at once.",
        schemas.Rows, schemas.View,
    ),
    Route(
        "GET", "/history", "history", "The past of the run.", schemas.History,
        query=(("since_s", "seconds since the epoch; left out = from the start"),),
    ),
    Route("GET", "/endpoints/<int:number>", "endpoint", "One endpoint.", schemas.Endpoint),
    Route(
        "GET", "/endpoints/<int:number>/history", "endpoint_history", "The past of one endpoint.",
        schemas.History,
    ),
    Route("GET", "/failures", "failures", "All kinds of failure.", schemas.Failures),
    Route(
        "GET", "/failures/<int:number>", "failure", "One kind of failure, with captured calls.",
        schemas.FailureDetails,
    ),
    Route(
        "GET", "/exceptions", "exceptions", "What the locustfile raised.", schemas.ScriptErrors
    ),
    Route("GET", "/extras", "extras", "What the locustfile adds to the page.", schemas.Extras),
    Route("GET", "/workers", "workers", "The workers of the run.", schemas.Workers),
    Route(
        "GET", "/logs", "logs", "The log.", schemas.Logs,
        query=(("after", "id of the last line that is known"), ("level", "the least severe one")),
    ),
    Route(
        "POST", "/start", "start", "Start a run.", schemas.RunStatus, schemas.StartRun,
        operator=True,
    ),
    Route(
        "POST", "/edit", "edit", "Change the load of the active run.", schemas.RunStatus,
        schemas.EditLoad, operator=True,
    ),
    Route(
        "POST", "/preview", "preview", "What a change of the load would do; changes nothing.",
        schemas.LoadPreview, schemas.EditLoad,
    ),
    Route(
        "POST", "/workers/<int:number>", "staff", "Say what becomes of a worker.",
        schemas.Workers, schemas.StaffWorker, operator=True,
    ),
    Route(
        "POST", "/mark", "mark", "Write a note into the charts.", schemas.RunStatus,
        schemas.MarkMoment, operator=True,
    ),
    *(
        Route(
            "POST", f"/{kind.replace('_', '-')}", kind, says, schemas.RunStatus, schemas.Order,
            operator=True,
        )
        for kind, says in _ORDERS
    ),
)  # fmt: skip


class ProblemError(RefusedError):
    """A request that is answered with a problem."""

    def __init__(self, problem: schemas.Problem, status: int = 400) -> None:
        super().__init__(problem.problem)
        self.problem = problem
        self.status = status


class Api:
    """Answers each route of the table by the method of its name."""

    def __init__(
        self,
        environment: Environment,
        control: ControlLike,
        feed: Feed,
        logbook: Logbook,
        identify: Callable[[], tuple[Role, str]],
        *,
        extras: Callable[[], schemas.Extras],
    ) -> None:
        """Keep what is asked about."""
        self.extras = extras
        self._environment = environment
        self._control = control
        self._feed = feed
        self._logbook = logbook
        self._identify = identify

    def status(self) -> schemas.RunStatus:
        """Return where the run is."""
        return status_of(self._control.status())

    def plan(self) -> schemas.LoadPlan:
        """Return what the next run would be."""
        return plan_of(self._control.plan())

    def stream(self) -> Response:
        """Return the events."""
        since = request.headers.get("Last-Event-ID") or request.args.get("since", "")
        try:
            viewer = self._feed.open(since)
        except TooManyViewersError as error:
            raise _too_many() from error
        reply = Response(events(self._feed, viewer), mimetype="text/event-stream")
        reply.headers["Cache-Control"] = "no-store"
        reply.headers["X-Accel-Buffering"] = "no"
        return reply

    def poll(self) -> schemas.Poll:
        """Return what is new to a viewer that polls."""
        viewer = self._feed.viewer(request.args.get("stream", ""))
        hello = None
        if viewer is None:
            try:
                viewer = self._feed.open(request.args.get("since", ""), polls=True)
            except TooManyViewersError as error:
                raise _too_many() from error
            hello = msgspec.Raw(self._feed.hello(viewer))
        tick = msgspec.Raw(self._feed.tick_for(viewer)[1])
        return schemas.Poll(hello, tick)  # type: ignore[arg-type]  # they are encoded already

    def view(self, body: schemas.View) -> schemas.Rows:
        """Remember which rows a viewer looks at, and return them."""
        viewer = self._feed.viewer(body.stream)
        if viewer is None:
            raise ProblemError(
                schemas.Problem("there is no such stream any more", "stream", body.stream), 404
            )
        try:
            return self._feed.look(viewer, body)
        except FilterError as error:
            raise ProblemError(
                schemas.Problem(f"{error} cannot be understood", "filter", str(error), ACCEPTED)
            ) from error

    def history(self) -> schemas.History:
        """Return the past of the run."""
        return self._feed.history(_number("since_s", 0.0))

    def endpoint(self, number: int) -> schemas.Endpoint:
        """Return one endpoint."""
        return endpoint(self._feed, number)

    def endpoint_history(self, number: int) -> schemas.History:
        """Return the past of one endpoint."""
        return self._feed.endpoint_history(number)

    def failures(self) -> schemas.Failures:
        """Return all kinds of failure."""
        return failures(self._environment.stats.snapshot())

    def failure(self, number: int) -> schemas.FailureDetails:
        """Return one kind of failure."""
        return failure_details(self._environment.stats.snapshot(), number)

    def exceptions(self) -> schemas.ScriptErrors:
        """Return what the locustfile raised."""
        return script_errors(self._environment)

    def workers(self) -> schemas.Workers:
        """Return the workers of the run."""
        runner = self._environment.runner
        return workers_of(None if runner is None else runner.workers, time.time())

    def staff(self, body: schemas.StaffWorker, number: int) -> schemas.Workers:
        """Say what becomes of a worker."""
        self._control.do(staff_of(number, body), self._identify()[1])
        return self.workers()

    def logs(self) -> schemas.Logs:
        """Return log lines."""
        level = request.args.get("level", "")
        levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
        if level and level not in levels:
            accepted = f"one of {', '.join(levels)}"
            raise ProblemError(schemas.Problem(f"no level {level[:100]}", "level", None, accepted))
        return self._logbook.lines(int(_number("after", -1)), level, _MOST_LINES)

    def preview(self, body: schemas.EditLoad) -> schemas.LoadPreview:
        """Return what a change would do."""
        return preview_of(self._control.preview(edit_of(body)))

    def start(self, body: schemas.StartRun) -> schemas.RunStatus:
        """Start a run."""
        return self._do(start_of(body))

    def edit(self, body: schemas.EditLoad) -> schemas.RunStatus:
        """Change the load."""
        return self._do(edit_of(body))

    def mark(self, body: schemas.MarkMoment) -> schemas.RunStatus:
        """Write a note."""
        return self._do(Mark(body.text))

    def order(self, kind: OrderKind, body: schemas.Order) -> schemas.RunStatus:
        """Do what needs no values."""
        return self._do(Order(kind, body.based_on))

    def _do(self, command: Command) -> schemas.RunStatus:
        return status_of(self._control.do(command, self._identify()[1]))


def make_api(
    environment: Environment,
    control: ControlLike,
    feed: Feed,
    logbook: Logbook,
    identify: Callable[[], tuple[Role, str]],
    *,
    extras: Callable[[], schemas.Extras],
) -> Blueprint:
    """Return the routes below /api/v1; GET /session is the application's own."""
    api = Api(environment, control, feed, logbook, identify, extras=extras)
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for route in ROUTES:
        blueprint.add_url_rule(
            route.path, route.name, _answerer(api, route), methods=[route.method]
        )
    return blueprint


def _answerer(api: Api, route: Route) -> Callable[..., Response]:
    is_order = route.body is schemas.Order

    def answer(**path: int) -> Response:
        try:
            arguments: list[Any] = [] if route.body is None else [_body(route.body)]
            if is_order:
                reply = api.order(route.name, *arguments)  # type: ignore[arg-type]  # one of _ORDERS
            else:
                reply = getattr(api, route.name)(*arguments, **path)
        except ProblemError as error:
            return _json(error.problem, error.status)
        except StaleCommand as error:
            return _json(schemas.Problem(str(error), current=api.status()), 409)
        except CommandError as error:
            status = 404 if error.field == "id" else 400
            known = (error.field or None, error.value or None, error.accepted or None)
            return _json(schemas.Problem(str(error), *known), status)
        return reply if isinstance(reply, Response) else _json(reply)

    return answer


def _json(value: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, mimetype="application/json")


_PLACE = re.compile(r" - at `\$\.?(.*)`$")


def _body(kind: type) -> Any:
    """Return the body of the request as a value of a type.

    Raises: ProblemError that names the field.
    """
    data = request.get_data(cache=False) or b"{}"
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as error:
        text = str(error)
        place = _PLACE.search(text)
        field = place[1] if place else None
        words = _PLACE.sub("", text)
        unknown = re.search(r"unknown field `(.*)`", words)
        raise ProblemError(
            schemas.Problem(words, unknown[1] if unknown else field, accepted=_accepted(words))
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProblemError(schemas.Problem(f"the body is no JSON: {error}"[:300])) from error


def _accepted(words: str) -> str | None:
    found = re.match(r"Expected (.*?)(?:, got .*)?$", words)
    return found[1] if found else None


def _number(name: str, default: float) -> float:
    text = request.args.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e15:  # noqa: PLR2004 - far beyond any time or id
        raise ProblemError(schemas.Problem(f"{name} is no number", name, text[:100], "a number"))
    return value


def _too_many() -> ProblemError:
    return ProblemError(schemas.Problem("too many streams are open; poll instead"), 503)
