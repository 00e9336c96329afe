"""The table of Locust's public names and where ours are.

This is the only place that knows Locust's module names. A name that is not here does not exist in
this version; importing it fails as any wrong import does.

Checklist: a new name goes under every Locust module that exports it.
"""

_USERS = "locust_like.users"
_WAITS = f"{_USERS}.wait_time"

_WAIT_NAMES = {
    "between": f"{_WAITS}:between",
    "constant": f"{_WAITS}:constant",
    "constant_pacing": f"{_WAITS}:constant_pacing",
    "constant_throughput": f"{_WAITS}:constant_throughput",
    "poisson": f"{_WAITS}:poisson",
}
_TASK_NAMES = {
    "TaskSet": f"{_USERS}.tasksets:TaskSet",
    "tag": f"{_USERS}.tasks:tag",
    "task": f"{_USERS}.tasks:task",
}
_USER_NAMES = {
    "HttpUser": f"{_USERS}.http_user:HttpUser",
    "User": f"{_USERS}.user:User",
}
_SEQUENTIAL = {"SequentialTaskSet": f"{_USERS}.tasksets:SequentialTaskSet"}
_FAST_USER = {"FastHttpUser": f"{_USERS}.http_user:FastHttpUser"}
_RESPONSE = {"ResponseContextManager": "locust_like.client.response:Response"}
_STATES = {
    "STATE_CLEANUP": "CLEANUP",
    "STATE_INIT": "READY",
    "STATE_RUNNING": "RUNNING",
    "STATE_SPAWNING": "SPAWNING",
    "STATE_STOPPED": "STOPPED",
    "STATE_STOPPING": "STOPPING",
}
_ERRORS = (
    "CatchResponseError",
    "InterruptTaskSet",
    "LocustError",
    "MissingWaitTimeError",
    "RescheduleTask",
    "RescheduleTaskImmediately",
    "ResponseError",
    "StopTest",
    "StopUser",
)

MODULES: dict[str, dict[str, str]] = {
    "locust": {
        **_USER_NAMES,
        **_FAST_USER,
        **_TASK_NAMES,
        **_SEQUENTIAL,
        **_WAIT_NAMES,
        "__version__": "locust_like._version:__version__",
        "events": "locust_like:events",
        "run_single_user": "locust_like.runtime.single_user:run_single_user",
        "wait_time": _WAITS,
    },
    "locust.clients": {**_RESPONSE, "HttpSession": "locust_like.client.session:HttpSession"},
    "locust.contrib": {},
    "locust.contrib.fasthttp": {
        **_FAST_USER,
        **_RESPONSE,
        "FastHttpSession": "locust_like.client.session:FastHttpSession",
        "FastResponse": "locust_like.client.response:Response",
    },
    "locust.debug": {"run_single_user": "locust_like.runtime.single_user:run_single_user"},
    "locust.env": {"Environment": "locust_like.runtime.environment:Environment"},
    "locust.event": {
        "EventHook": "locust_like.events:EventHook",
        "Events": "locust_like.events:Events",
    },
    "locust.exception": {name: f"locust_like.errors:{name}" for name in _ERRORS},
    "locust.runners": {
        "LocalRunner": "locust_like.runtime.local:LocalRunner",
        "MasterRunner": "locust_like.runtime.master:MasterRunner",
        "Runner": "locust_like.runtime.runner:BaseRunner",
        "WorkerNode": "locust_like.runtime.clients:WorkerNode",
        "WorkerRunner": "locust_like.runtime.worker:WorkerRunner",
        "STATE_MISSING": "locust_like.runtime.state:MISSING",
        **{name: f"locust_like.runtime.state:State.{state}" for name, state in _STATES.items()},
    },
    "locust.stats": {
        "RequestStats": "locust_like.stats.view:RequestStats",
        "StatsEntry": "locust_like.stats.entry:StatsEntry",
        "StatsError": "locust_like.stats.entry:StatsError",
    },
    "locust.user": {**_USER_NAMES, **_TASK_NAMES, **_SEQUENTIAL, "wait_time": _WAITS},
    "locust.user.sequential_taskset": _SEQUENTIAL,
    "locust.user.task": {
        **_TASK_NAMES,
        "DefaultTaskSet": f"{_USERS}.tasksets:DefaultTaskSet",
        "LOCUST_STATE_RUNNING": f"{_USERS}.states:LOCUST_STATE_RUNNING",
        "LOCUST_STATE_STOPPING": f"{_USERS}.states:LOCUST_STATE_STOPPING",
        "LOCUST_STATE_WAITING": f"{_USERS}.states:LOCUST_STATE_WAITING",
        "filter_tasks_by_tags": f"{_USERS}.tasks:filter_tasks_by_tags",
    },
    "locust.user.users": {**_USER_NAMES, "UserMeta": f"{_USERS}.user:UserMeta"},
    "locust.user.wait_time": _WAIT_NAMES,
}
"""Locust's module -> name -> our "module" or "module:attribute"."""
