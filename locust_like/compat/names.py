"""The table of Locust's public names and where ours are.

This is the only place that knows Locust's module names. A name that is not here does not exist in
this version; importing it fails as any wrong import does.

The table imports nothing: the wheel of `shim` is made of it where we are not installed.

Checklist: a new name goes under every Locust module that exports it.
"""

_USERS = "locust_like.users"
_WAITS = f"{_USERS}.wait_time"
_COMPAT = "locust_like.compat"
_CONTRIB = "locust_like.contrib"
_STATS = "locust_like.stats"


def _of(module: str, *names: str) -> dict[str, str]:
    """Return entries of names that one of our modules has under Locust's name."""
    return {name: f"{module}:{name}" for name in names}


_WAIT_NAMES = _of(
    _WAITS, "between", "constant", "constant_pacing", "constant_throughput", "poisson"
)
_TASK_NAMES = {
    **_of(f"{_USERS}.tasksets", "TaskSet"),
    **_of(f"{_USERS}.tasks", "tag", "task"),
}
_MARKOV_NAMES = _of(f"{_USERS}.markov", "MarkovTaskSet", "transition", "transitions")
_SHAPE = _of("locust_like.plan.shapes", "LoadTestShape")
_USER_NAMES = {
    **_of(f"{_USERS}.http_user", "HttpUser"),
    **_of(f"{_USERS}.user", "User"),
}
_SEQUENTIAL = _of(f"{_USERS}.tasksets", "SequentialTaskSet")
_FAST_USER = _of(f"{_USERS}.http_user", "FastHttpUser")
_RESPONSES = {
    "ResponseContextManager": "locust_like.client.response:Response",
    "RestResponseContextManager": "locust_like.client.response:Response",
}
_STATES = {
    "STATE_CLEANUP": "locust_like.runtime.state:State.CLEANUP",
    "STATE_INIT": "locust_like.runtime.state:State.READY",
    "STATE_RUNNING": "locust_like.runtime.state:State.RUNNING",
    "STATE_SPAWNING": "locust_like.runtime.state:State.SPAWNING",
    "STATE_STOPPED": "locust_like.runtime.state:State.STOPPED",
    "STATE_STOPPING": "locust_like.runtime.state:State.STOPPING",
}
_USER_STATES = _of(
    f"{_USERS}.states",
    "LOCUST_STATE_RUNNING",
    "LOCUST_STATE_STOPPING",
    "LOCUST_STATE_WAITING",
)
_ENVIRONMENT = _of("locust_like.runtime.environment", "Environment")
_RUNNERS = {
    **_of("locust_like.runtime.local", "LocalRunner"),
    **_of("locust_like.runtime.master", "MasterRunner"),
    **_of("locust_like.runtime.worker", "WorkerRunner"),
    "Runner": "locust_like.runtime.runner:BaseRunner",
}
_REQUEST_STATS = _of(f"{_STATS}.view", "RequestStats")
_STATS_ERROR = _of(f"{_STATS}.entry", "StatsError")
_EVENTS = _of("locust_like.events", "EventHook", "Events")
_ERRORS = _of(
    "locust_like.errors",
    "CatchResponseError",
    "InterruptTaskSet",
    "LocustError",
    "MissingWaitTimeError",
    "RescheduleTask",
    "RescheduleTaskImmediately",
    "ResponseError",
    "RunnerAlreadyExistsError",
    "StopTest",
    "StopUser",
)
_RPC_ERRORS = _of("locust_like.errors", "RPCError", "RPCReceiveError", "RPCSendError")
_RUN_SINGLE_USER = _of(f"{_COMPAT}.debugging", "run_single_user")
_DISPATCHER = _of(f"{_COMPAT}.dispatcher", "UsersDispatcher")
_FUNCTIONS = f"{_COMPAT}.functions"
_WEB_UI = _of("locust_like.web.server", "WebUI")
_MESSAGE = _of("locust_like.runtime.messages", "Message")
_EXCEPTION_LOGGER = _of(f"{_COMPAT}.logs", "greenlet_exception_logger")

MODULES: dict[str, dict[str, str]] = {
    "locust": {
        **_USER_NAMES,
        **_FAST_USER,
        **_TASK_NAMES,
        **_SEQUENTIAL,
        **_MARKOV_NAMES,
        **_SHAPE,
        **_WAIT_NAMES,
        **_RUN_SINGLE_USER,
        **_of("locust_like.events", "Events"),
        **_of(f"{_COMPAT}.unused", "HttpLocust", "Locust"),
        "__version__": "locust_like._version:__version__",
        "events": "locust_like:events",
        "wait_time": _WAITS,
    },
    "locust.argument_parser": {
        **_of(f"{_COMPAT}.arguments", "DEFAULT_CONFIG_FILES", "get_parser", "parse_options"),
        **_of(
            f"{_COMPAT}.argument_functions",
            "UIExtraArgOptions",
            "default_args_dict",
            "download_locustfile_from_url",
            "get_locustfiles_locally",
            "gt_zero",
            "json_user_config",
            "parse_locustfile_option",
            "parse_locustfile_paths",
            "positive_integer",
            "timespan",
            "ui_extra_args_dict",
        ),
        **_of(_FUNCTIONS, "get_abspaths_in", "is_url", "parse_timespan"),
        "version": "locust_like._version:__version__",
        "LocustArgumentParser": "locust_like.plan.parser:Parser",
    },
    "locust.clients": {
        **_RESPONSES,
        **_of("locust_like.client.session", "HttpSession"),
    },
    "locust.contrib": {},
    "locust.contrib.csv_request_logger": _of(
        f"{_CONTRIB}.csv_request_logger", "CSV_COLUMNS", "CsvRequestLogger"
    ),
    "locust.contrib.dns": _of(f"{_CONTRIB}.dns", "DNSClient", "DNSUser"),
    "locust.contrib.fasthttp": {
        **_FAST_USER,
        **_RESPONSES,
        **_of("locust_like.client.session", "FastHttpSession"),
        **_of(f"{_COMPAT}.unused", "FastHttpLocust"),
        **_of(
            f"{_COMPAT}.fast_names",
            "ErrorResponse",
            "FAILURE_EXCEPTIONS",
            "insecure_ssl_context_factory",
        ),
        "FastRequest": "locust_like.client.response:SentRequest",
        "LocustBadStatusCode": "locust_like.errors:HTTPError",
        "FastResponse": "locust_like.client.response:Response",
    },
    "locust.contrib.mongodb": _of(f"{_CONTRIB}.mongodb", "MongoDBClient", "MongoDBUser"),
    "locust.contrib.mqtt": _of(
        f"{_CONTRIB}.mqtt",
        "MqttClient",
        "MqttUser",
        "PublishedMessageContext",
        "REQUEST_TYPE",
        "SUBACK_FAILURE",
    ),
    "locust.contrib.oai": _of(f"{_CONTRIB}.oai", "OpenAIClient", "OpenAIUser"),
    "locust.contrib.postgres": _of(f"{_CONTRIB}.postgres", "PostgresClient", "PostgresUser"),
    "locust.contrib.socketio": _of(f"{_CONTRIB}.socketio", "SocketIOClient", "SocketIOUser"),
    "locust.debug": _RUN_SINGLE_USER,
    "locust.dispatch": _DISPATCHER,
    "locust.env": {
        **_ENVIRONMENT,
        **_RUNNERS,
        **_REQUEST_STATS,
        **_DISPATCHER,
        **_WEB_UI,
        **_of("locust_like.events", "Events"),
        **_of(f"{_USERS}.user", "User"),
    },
    "locust.event": _EVENTS,
    "locust.exception": {**_ERRORS, **_RPC_ERRORS},
    "locust.html": _of("locust_like.web.library", "get_html_report", "process_html_filename"),
    "locust.input_events": _of(f"{_COMPAT}.key_reading", "input_listener"),
    "locust.log": {
        **_EXCEPTION_LOGGER,
        **_of(
            f"{_COMPAT}.logs",
            "HOSTNAME",
            "LogReader",
            "get_logs",
            "greenlet_exception_handler",
            "setup_logging",
            "unhandled_greenlet_exception",
        ),
    },
    "locust.main": {
        **_ENVIRONMENT,
        "version": "locust_like._version:__version__",
        **_EXCEPTION_LOGGER,
        **_of(f"{_COMPAT}.arguments", "create_environment"),
        **_of(_FUNCTIONS, "load_locustfile"),
        # Looked up when a script runs us from Python; nothing of ours imports the command line.
        "main": "locust_like.cli.main:main",
    },
    "locust.rpc": _MESSAGE,
    "locust.rpc.protocol": _MESSAGE,
    "locust.runners": {
        **_RUNNERS,
        **_MESSAGE,
        **_REQUEST_STATS,
        **_STATS_ERROR,
        **_DISPATCHER,
        **_RPC_ERRORS,
        **_EXCEPTION_LOGGER,
        **_of(f"{_USERS}.states", "LOCUST_STATE_STOPPING"),
        **_of(
            f"{_COMPAT}.unused",
            "CONNECT_RETRY_COUNT",
            "CONNECT_TIMEOUT",
            "CPU_MONITOR_INTERVAL",
            "CPU_WARNING_THRESHOLD",
            "FALLBACK_INTERVAL",
            "HEARTBEAT_DEAD_INTERNAL",
            "HEARTBEAT_INTERVAL",
            "HEARTBEAT_LIVENESS",
            "MASTER_HEARTBEAT_TIMEOUT",
            "WORKER_LOG_REPORT_INTERVAL",
            "WORKER_REPORT_INTERVAL",
        ),
        "DistributedRunner": "locust_like.runtime.runner:BaseRunner",
        "WorkerNode": "locust_like.runtime.clients:WorkerNode",
        "WorkerNodes": "locust_like.runtime.clients:Clients",
        "STATE_MISSING": "locust_like.runtime.state:MISSING",
        **_STATES,
    },
    "locust.shape": {
        **_SHAPE,
        **_of("locust_like.plan.shapes", "LoadTestShapeMeta"),
    },
    "locust.stats": {
        **_REQUEST_STATS,
        **_STATS_ERROR,
        **_of(f"{_STATS}.entry", "bucket_response_time"),
        **_of(f"{_COMPAT}.own_entries", "StatsEntry"),
        **_of(
            f"{_STATS}.settings",
            "PERCENTILES_TO_CHART",
            "PERCENTILES_TO_REPORT",
            "PERCENTILES_TO_STATISTICS",
            "STATS_NAME_WIDTH",
            "STATS_TYPE_WIDTH",
            "get_readable_percentiles",
        ),
        **_of(
            f"{_COMPAT}.stats_settings",
            "CONSOLE_STATS_INTERVAL_SEC",
            "CSV_STATS_FLUSH_INTERVAL_SEC",
            "CSV_STATS_INTERVAL_SEC",
            "CURRENT_RESPONSE_TIME_PERCENTILE_WINDOW",
            "HISTORY_STATS_INTERVAL_SEC",
            "STATS_AUTORESIZE",
        ),
        **_of(
            f"{_STATS}.texts",
            "get_error_report_summary",
            "get_percentile_stats_summary",
            "get_stats_summary",
        ),
        **_of(
            f"{_COMPAT}.stats_printing",
            "avg",
            "calculate_response_time_percentile",
            "diff_response_time_dicts",
            "print_error_report",
            "print_percentile_stats",
            "print_stats",
            "print_stats_json",
            "save_stats_json",
            "sort_stats",
            "stats_history",
            "stats_printer",
            "update_stats_history",
            "validate_stats_configuration",
        ),
        **_of(f"{_COMPAT}.unused", "setup_distributed_stats_event_listeners"),
        **_of(f"{_COMPAT}.stats_csv", "StatsCSV", "StatsCSVFileWriter"),
    },
    "locust.user": {**_USER_NAMES, **_TASK_NAMES, **_SEQUENTIAL, "wait_time": _WAITS},
    "locust.user.inspectuser": _of(
        f"{_COMPAT}.ratios", "get_ratio", "print_task_ratio", "print_task_ratio_json"
    ),
    "locust.user.markov_taskset": {
        **_MARKOV_NAMES,
        **_of(
            f"{_USERS}.markov",
            "InvalidTransitionError",
            "MarkovTaskSetMeta",
            "MarkovTaskTagError",
            "NoMarkovTasksError",
            "NonMarkovTaskTransitionError",
        ),
    },
    "locust.user.sequential_taskset": {
        **_SEQUENTIAL,
        "SequentialTaskSetMeta": f"{_USERS}.tasksets:TaskSetMeta",
    },
    "locust.user.task": {
        **_TASK_NAMES,
        **_USER_STATES,
        **_of(f"{_USERS}.tasksets", "DefaultTaskSet", "TaskSetMeta"),
        **_of(f"{_USERS}.tasks", "filter_tasks_by_tags"),
    },
    "locust.user.users": {
        **_USER_NAMES,
        **_USER_STATES,
        **_of(f"{_USERS}.user", "UserMeta"),
        **_of(f"{_USERS}.pytest_user", "PytestUser"),
    },
    "locust.user.wait_time": _WAIT_NAMES,
    "locust.util": {},
    "locust.util.cache": _of(_FUNCTIONS, "memoize"),
    "locust.util.date": _of(
        _FUNCTIONS, "format_duration", "format_safe_timestamp", "format_utc_timestamp"
    ),
    "locust.util.directory": _of(_FUNCTIONS, "get_abspaths_in"),
    "locust.util.load_locustfile": _of(
        _FUNCTIONS, "is_shape_class", "is_user_class", "load_locustfile"
    ),
    "locust.util.rounding": _of(_FUNCTIONS, "proper_round"),
    "locust.util.timespan": _of(_FUNCTIONS, "parse_timespan"),
    "locust.util.url": _of(_FUNCTIONS, "is_url"),
    "locust.web": {
        **_WEB_UI,
        "version": "locust_like._version:__version__",
        **_of(f"{_COMPAT}.unused", "HOST_IS_REQUIRED"),
        "STATE_MISSING": "locust_like.runtime.state:MISSING",
        "STATE_RUNNING": _STATES["STATE_RUNNING"],
    },
}
"""Locust's module -> name -> our "module" or "module:attribute"."""

_IMPORTED = {
    "locust.argument_parser": "Message",
    "locust.clients": "CatchResponseError EventHook LocustError ResponseError",
    "locust.contrib.dns": "LocustError User",
    "locust.contrib.fasthttp": "CatchResponseError LocustError ResponseError StopTest User",
    "locust.contrib.mongodb": "User events",
    "locust.contrib.mqtt": "Environment User",
    "locust.contrib.oai": "User",
    "locust.contrib.postgres": "User events",
    "locust.contrib.socketio": "EventHook User",
    "locust.debug": "CatchResponseError Environment RescheduleTask",
    "locust.env": "LoadTestShape RunnerAlreadyExistsError StatsCSV TaskSet filter_tasks_by_tags",
    "locust.event": "InterruptTaskSet RescheduleTask RescheduleTaskImmediately StopTest StopUser",
    "locust.html": "MasterRunner format_duration format_utc_timestamp get_ratio",
    "locust.main": (
        "get_html_report get_locustfiles_locally get_parser input_listener "
        "parse_locustfile_option print_task_ratio print_task_ratio_json "
        "process_html_filename setup_logging"
    ),
    "locust.runners": (
        "StopTest get_abspaths_in get_logs is_url setup_distributed_stats_event_listeners"
    ),
    "locust.shape": "Runner",
    "locust.stats": "CatchResponseError format_utc_timestamp proper_round",
    "locust.user.inspectuser": "TaskSet User",
    "locust.user.markov_taskset": "LocustError TaskSet TaskSetMeta",
    "locust.user.sequential_taskset": "LocustError TaskSet TaskSetMeta",
    "locust.user.task": (
        "InterruptTaskSet MissingWaitTimeError RescheduleTask RescheduleTaskImmediately "
        "StopTest StopUser"
    ),
    "locust.user.users": (
        "CatchResponseError DefaultTaskSet HttpSession RestResponseContextManager StopTest "
        "StopUser TaskSet constant"
    ),
    "locust.util.load_locustfile": "LoadTestShape PytestUser User",
    "locust.web": (
        "HttpUser MasterRunner format_safe_timestamp get_html_report get_logs get_ratio "
        "greenlet_exception_handler greenlet_exception_logger memoize parse_timespan"
    ),
}
"""Names that Locust's modules import from each other, and that scripts therefore find there."""
_OWNERS = {name: target for names in MODULES.values() for name, target in names.items()}
for _module, _names in _IMPORTED.items():
    MODULES[_module] |= {name: _OWNERS[name] for name in _names.split()}
