"""What of Locust's API is missing or takes other parameters, with the reason.

`docs/migration-from-locust.md` tells users. A key is `module:name` or `module:class.member`, with
the wildcards of `fnmatch`.
"""

MISSING: dict[str, str] = {
    "locust.contrib.milvus:*": "databases of vectors",
    "locust.contrib.qdrant:*": "databases of vectors",
    "locust.contrib.fasthttp:*": "the client is the engine's: no user agent, pools or factories",
    "locust.argument_parser:*": "options are a table, see plan/options.py",
    "locust.html:*": "reports are an output",
    "locust.input_events:*": "keys belong to the command line",
    "locust.opentelemetry:*": "an output, not a module to import",
    "locust.main:*": "the command line is ours",
    "locust.rpc.*": "the link is the core's",
    "locust.user.markov_taskset:*": "internals of checking chains",
    "locust.user.users:PytestUser*": "tests as users are on their way",
    "locust.util.load_locustfile:load_locustfile_pytest": "load_locustfile takes tests as well",
    "locust.clients:*": "internals of requests: adapters, prepared requests, its CA file",
    "locust.debug:PrintListener*": "internal",
    "locust.env:RunnerType": "for type checkers",
    "locust.event:DeprecatedEventHook*": "internal",
    "locust.runners:*": "internals: loops, heartbeats, message handling",
    "locust.stats:*": "internals: how Locust keeps and ships its figures",
    "locust.user.sequential_taskset:SequentialTaskSetMeta": "internal",
    "locust.user.task:*": "internals of collecting tasks",
    "locust.user.users:HttpUser.pool_manager": "connections are the engine's",
    "locust.user.users:Rest*": "rest() and rest_() are in HttpUser itself",
    "locust.util.deprecation:*": "internal",
    "locust.util.exception_handler:*": "internal",
    "locust.web:*": "the page is ours",
}

DIFFERENT: dict[str, str] = {
    "locust.clients:*ResponseContextManager": "made by the core",
    "locust.contrib.fasthttp:FastResponse": "made by the core",
    "locust.contrib.fasthttp:FastResponse.iter_content": "the parameters of requests",
    "locust.contrib.fasthttp:*ResponseContextManager": "made by the core",
    "locust*:run_single_user": "loglevel has to be named",
    "locust.argument_parser:LocustArgumentParser": "made by the command line",
    "locust.main:create_environment": "what comes after locustfile has to be named",
    "locust.env:Environment.create_master_runner": "listens on this machine only",
    "locust.env:Environment.create_web_ui": "listens on this machine only",
    "locust.rpc*:Message": "made by runners",
    "locust.runners:MasterRunner": "made by create_master_runner()",
    "locust.runners:MasterRunner.stop": "the workers always stop",
    "locust.runners:WorkerRunner": "made by create_worker_runner()",
    "locust.runners:WorkerNodes": "made by the runner",
    "locust.shape:LoadTestShapeMeta": "made by Python",
    "locust.user.task:TaskSetMeta": "made by Python",
    "locust.user.task:filter_tasks_by_tags": "checked is internal",
    "locust.user.users:UserMeta": "made by Python",
    "locust.web:WebUI": "made by create_web_ui()",
    "locust.web:WebUI.auth_required_if_enabled": "a decorator, never called with names",
}
