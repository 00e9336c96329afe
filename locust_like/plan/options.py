"""The option table: each option is told here once, those of master and workers beside it.

The command line, the environment, configuration files, help, `config show` and `docs/cli.md` are
all made from these rows; `plan/option.py` says what a row is.

If you add an option here, also give `RunPlan` the field that carries it, or let the output that
needs it read it from `RunPlan.settings`; then write `docs/cli.md` again (`plan/document.py`).
"""

from __future__ import annotations

from locust_like.plan.cluster_options import CLUSTER_OPTIONS
from locust_like.plan.option import (
    COUNT,
    DURATION,
    MAX_DURATION_S,
    MAX_PORT,
    RATE,
    SWITCH,
    TEXT,
    TEXTS,
    WORDS,
    Option,
)

_MAX_USERS = 10_000_000
_MAX_RATE_PER_S = 1_000_000
_MAX_ITERATIONS = 10**15
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")

_COMMON, _WEB, _TAGS = "Common options", "Web UI options", "Tag options"
_TARGETS = "Target options"
_CONNECTIONS = "Connection options"
_STATS = "Request statistics options"
_LOGGING, OTHER = "Logging options", "Other options"

USER_CLASSES = Option(
    "user_classes", (), WORDS, "", "User classes to run; all of the locustfile when none is named.",
    (), "UserClass", "LOCUST_USER_CLASSES",
)  # fmt: skip

OPTIONS: tuple[Option, ...] = (
    Option(
        "locustfile", ("-f", "--locustfile"), TEXT, _COMMON,
        "Python file with User classes, several of them separated by commas, a directory, which is "
        "searched for files whose names do not start with _, an http or https URL, or - to read "
        "one from stdin; a worker gets it from its master.",
        "locustfile.py", "<filename>", "LOCUST_LOCUSTFILE",
    ),
    Option(
        "config", ("--config",), TEXT, _COMMON,
        "Read options from this file, besides ~/.locust.conf, ./locust.conf and ./pyproject.toml.",
        None, "<filename>",
    ),
    Option(
        "host", ("-H", "--host"), TEXT, _COMMON,
        "Base URL of the system under test, for example http://10.21.32.33.",
        None, "<base url>", "LOCUST_HOST",
    ),
    Option(
        "num_users", ("-u", "--users"), COUNT, _COMMON,
        "Peak number of concurrent users, for example 100 or 2.5k.",
        1, "<int>", "LOCUST_USERS", minimum=0, maximum=_MAX_USERS,
    ),
    Option(
        "spawn_rate", ("-r", "--spawn-rate"), RATE, _COMMON, "Users to start per second.",
        1.0, "<float>", "LOCUST_SPAWN_RATE", minimum=0.001, maximum=_MAX_RATE_PER_S,
    ),
    Option(
        "run_time", ("-t", "--run-time"), DURATION, _COMMON,
        "Stop after this time, for example 300s, 20m, 3h, 1h30m; without it the run goes on.",
        None, "<time>", "LOCUST_RUN_TIME", minimum=0.1, maximum=MAX_DURATION_S,
    ),
    Option(
        "iterations", ("--iterations",), COUNT, _COMMON,
        "Stop after exactly this many tasks, of all users together.",
        None, "<int>", "LOCUST_ITERATIONS", minimum=1, maximum=_MAX_ITERATIONS,
    ),
    Option(
        "headless", ("--headless",), SWITCH, _COMMON,
        "Start the load at once, without the web UI.", False, env="LOCUST_HEADLESS",
    ),
    Option(
        "headful", ("--headful",), SWITCH, _COMMON,
        "Have the web UI although a file or a variable says headless.", False,
        env="LOCUST_HEADFUL",
    ),
    Option(
        "autostart", ("--autostart",), SWITCH, _COMMON,
        "Start the load at once, with the web UI beside it.", False, env="LOCUST_AUTOSTART",
    ),
    Option(
        "autoquit", ("--autoquit",), DURATION, _COMMON,
        "With --autostart: quit so long after the end of the run; without it the web UI stays "
        "until Ctrl-C.",
        None, "<time>", "LOCUST_AUTOQUIT", minimum=0, maximum=MAX_DURATION_S,
    ),
    Option(
        "config_users", ("--config-users",), TEXTS, _COMMON,
        "Change user classes: JSON objects with user_class_name and attributes of the class, lists "
        "of them, or names of .json files.", (), "<JSON>", "LOCUST_CONFIG_USERS",
    ),
    Option(
        "env_vars", ("-e", "--env-var"), TEXTS, _COMMON,
        "Set environment variables for the locustfile; they do not set options.",
        (), "NAME=VALUE",
    ),
    Option(
        "list_commands", ("-l", "--list"), SWITCH, _COMMON,
        "List the User classes and exit.", False,
    ),
    Option(
        "show_users", ("--show-users",), SWITCH, _COMMON,
        "Show how many users of each class would run and exit.", False,
    ),
    Option(
        "show_task_ratio", ("--show-task-ratio",), SWITCH, _COMMON,
        "Print how often each task runs and exit.", False,
    ),
    Option(
        "show_task_ratio_json", ("--show-task-ratio-json",), SWITCH, _COMMON,
        "Print how often each task runs as JSON and exit.", False,
    ),
    Option(
        "web_host", ("--web-host",), TEXT, _WEB,
        "Address that the web UI listens on. The default lets only this machine in; with a wider "
        "one, as 0.0.0.0 or *, a token is demanded, which is printed once.",
        "127.0.0.1", "<address>", "LOCUST_WEB_HOST",
    ),
    Option(
        "web_port", ("--web-port", "-P"), COUNT, _WEB,
        "Port of the web UI; 0 takes any free one.", 8089, "<port>", "LOCUST_WEB_PORT",
        minimum=0, maximum=MAX_PORT,
    ),
    Option(
        "web_host_display_name", ("--web-host-display-name",), TEXT, _WEB,
        "Name under which others reach the web UI, for example load.example.com; it is shown, and "
        "requests for it are answered.", None, "<host>", "LOCUST_WEB_HOST_DISPLAY_NAME",
    ),
    Option(
        "web_base_path", ("--web-base-path",), TEXT, _WEB,
        "Path under which a proxy shows the web UI, for example /load.", "", "<path>",
        "LOCUST_WEB_BASE_PATH",
    ),
    Option(
        "web_login", ("--web-login",), SWITCH, _WEB,
        "Demand a login: user name and password of LOCUST_LIKE_WEB_USER and "
        "LOCUST_LIKE_WEB_PASSWORD, or what the locustfile's auth_args say.", False,
        env="LOCUST_WEB_LOGIN",
    ),
    Option(
        "class_picker", ("--class-picker",), SWITCH, _WEB,
        "Let POST /swarm choose user classes and the load shape; the page offers both in any "
        "case.", False, env="LOCUST_USERCLASS_PICKER",
    ),
    Option(
        "web_token", ("--web-token-file",), TEXT, _WEB,
        "File with the token that operators need, on its second line one for viewers.", None,
        "<filename>", "LOCUST_WEB_TOKEN_FILE",
    ),
    Option(
        "web_allow_get", ("--web-allow-get",), SWITCH, _WEB,
        "Let GET /stop and GET /stats/reset change the run, as Locust does. Any web page can then "
        "stop it.", False, env="LOCUST_WEB_ALLOW_GET",
    ),
    Option(
        "tls_cert", ("--tls-cert",), TEXT, _WEB, "Certificate file with which the web UI uses "
        "HTTPS; needs --tls-key.", None, "<filename>", "LOCUST_TLS_CERT",
    ),
    Option(
        "tls_key", ("--tls-key",), TEXT, _WEB, "Key file that belongs to --tls-cert.", None,
        "<filename>", "LOCUST_TLS_KEY",
    ),
    *CLUSTER_OPTIONS,
    Option(
        "resolve", ("--resolve",), TEXTS, _TARGETS,
        "Addresses of a host in place of what DNS says, as in curl: app.test:443:127.0.0.1; the "
        "host * is every other.", (), "HOST:PORT:ADDRESS", "LOCUST_RESOLVE",
    ),
    Option(
        "block", ("--block",), TEXTS, _TARGETS,
        "Let no request go to this address, network, host or *.domain, by redirect neither.",
        (), "CIDR|HOST", "LOCUST_BLOCK",
    ),
    Option(
        "allow_target", ("--allow-target",), TEXTS, _TARGETS,
        "Let requests go there although --block keeps them away, or although clouds hand out "
        "credentials there: 169.254.169.254, fd00:ec2::254 and fe80::/10.",
        (), "CIDR|HOST", "LOCUST_ALLOW_TARGET",
    ),
    Option(
        "source_address", ("--source-address",), TEXTS, _CONNECTIONS,
        "Addresses of this machine that connections start from, in turn: single ones, A-B ranges "
        "or networks, separated by commas. Each has about 28,000 ports towards one target.",
        (), "ADDRESSES", "LOCUST_SOURCE_ADDRESS",
    ),
    Option(
        "dns_server", ("--dns-server",), TEXTS, _CONNECTIONS,
        "Ask these name servers and not the system's, in this order.", (), "ADDR[:PORT]",
        "LOCUST_DNS_SERVER",
    ),
    Option(
        "dns", ("--dns",), TEXTS, _CONNECTIONS,
        "How names are looked up: system (getaddrinfo), ttl=TIME (0, inf), select=first, random or "
        "roundRobin, policy=any, preferIPv4, preferIPv6, onlyIPv4 or onlyIPv6; separated by "
        "commas.", (), "RULES", "LOCUST_DNS",
    ),
    Option(
        "no_connection_reuse", ("--no-connection-reuse",), SWITCH, _CONNECTIONS,
        "Make a new connection for each request, as in k6.", False,
        env="LOCUST_NO_CONNECTION_REUSE",
    ),
    Option(
        "no_vu_connection_reuse", ("--no-vu-connection-reuse",), SWITCH, _CONNECTIONS,
        "Let each task start without connections, as in k6.", False,
        env="LOCUST_NO_VU_CONNECTION_REUSE",
    ),
    Option(
        "tags", ("-T", "--tags"), WORDS, _TAGS, "Run only tasks with any of these tags.",
        (), "TAG", "LOCUST_TAGS",
    ),
    Option(
        "exclude_tags", ("-E", "--exclude-tags"), WORDS, _TAGS,
        "Leave out tasks with any of these tags.", (), "TAG", "LOCUST_EXCLUDE_TAGS",
    ),
    Option(
        "csv_prefix", ("--csv",), TEXT, _STATS,
        "Write the statistics to PREFIX_stats.csv, PREFIX_stats_history.csv, PREFIX_failures.csv "
        "and PREFIX_exceptions.csv.", None, "PREFIX", "LOCUST_CSV",
    ),
    Option(
        "csv_full_history", ("--csv-full-history", "--stats-history-enabled"), SWITCH, _STATS,
        "Write every entry, not only the total, to PREFIX_stats_history.csv.", False,
        env="LOCUST_CSV_FULL_HISTORY", alias="stats_history_enabled",
    ),
    Option(
        "csv_raw", ("--csv-raw",), SWITCH, _STATS,
        "Write texts that spreadsheets take for formulas to CSV files as they are.", False,
        env="LOCUST_CSV_RAW",
    ),
    Option(
        "json", ("--json",), SWITCH, _STATS,
        "Print the final statistics as JSON on stdout, and nothing else there.", False,
    ),
    Option(
        "json_file", ("--json-file",), TEXT, _STATS,
        "Write the final statistics as JSON to NAME.json.", None, "NAME",
    ),
    Option(
        "summary_file", ("--summary",), TEXT, _STATS,
        "Write everything that is known about the run to this file, as JSON.",
        None, "<filename>", "LOCUST_SUMMARY",
    ),
    Option(
        "html_file", ("--html",), TEXT, _STATS,
        "Write a report of the run to this file, one page that needs nothing else. {u}, {r} and "
        "{t} in its name become users, spawn rate and run time in seconds.",
        None, "<filename>", "LOCUST_HTML",
    ),
    Option(
        "otel", ("--otel",), SWITCH, _STATS,
        "Send the figures to an OpenTelemetry collector over OTLP; the variables "
        "OTEL_EXPORTER_OTLP_* say where.", False, env="LOCUST_ENABLE_OPENTELEMETRY",
    ),
    Option(
        "print_stats", ("--print-stats",), SWITCH, _STATS,
        "Print tables of statistics during the run.", False, env="LOCUST_PRINT_STATS",
    ),
    Option(
        "only_summary", ("--only-summary",), SWITCH, _STATS,
        "Print only the summary at the end, no lines during the run.", False,
        env="LOCUST_ONLY_SUMMARY",
    ),
    Option(
        "reset_stats", ("--reset-stats",), SWITCH, _STATS,
        "Forget all figures when the last user has started.", False, env="LOCUST_RESET_STATS",
    ),
    Option(
        "skip_log_setup", ("--skip-log-setup",), SWITCH, _LOGGING,
        "Disable Locust's logging setup: no log lines and no tables unless the locustfile sets "
        "logging up.", False, env="LOCUST_SKIP_LOG_SETUP",
    ),
    Option(
        "loglevel", ("-L", "--loglevel"), TEXT, _LOGGING,
        f"One of {', '.join(_LOG_LEVELS)}.", "INFO", "LEVEL", "LOCUST_LOGLEVEL",
        choices=_LOG_LEVELS,
    ),
    Option(
        "logfile", ("--logfile",), TEXT, _LOGGING, "Write the log to this file, not to stderr.",
        None, "<filename>", "LOCUST_LOGFILE",
    ),
    Option(
        "http_debug", ("--http-debug",), TEXT, _LOGGING,
        "Log every request and reply without secrets, and where its time went; =full shows the "
        "beginning of the bodies, too. For a user or a few.",
        None, "[=full]", "LOCUST_HTTP_DEBUG", choices=("HEADS", "FULL"), bare="HEADS",
    ),
    Option(
        "no_color", ("--no-color",), SWITCH, _LOGGING,
        "Print without colours, as when NO_COLOR is set.", False, env="LOCUST_NO_COLOR",
    ),
    Option(
        "exit_code_on_error", ("--exit-code-on-error",), COUNT, OTHER,
        "Exit code of a run in which any request failed or any task raised.",
        1, "<int>", "LOCUST_EXIT_CODE_ON_ERROR", minimum=0, maximum=255,
    ),
    Option(
        "fail_on_invalid", ("--fail-on-invalid",), SWITCH, OTHER,
        "Exit with 112 when the generator itself was too slow to measure.", False,
        env="LOCUST_FAIL_ON_INVALID",
    ),
    Option(
        "equal_weights", ("--equal-weights",), SWITCH, OTHER,
        "Give all user classes, and all tasks of a class, the same weight; give it to workers, "
        "too.", False,
    ),
    Option(
        "http_client", ("--http-client",), TEXT, OTHER,
        "What the client of an HttpUser is: native, the engine's own session, or requests, the "
        "genuine library above the engine, for scripts that need it; costs 20 times the CPU.",
        "native", "native|requests", "LOCUST_HTTP_CLIENT", choices=("native", "requests"),
    ),
    Option(
        "profile", ("--profile",), TEXT, OTHER,
        "Name that groups runs; it stands in --summary.", None, "NAME",
    ),
    Option(
        "stop_timeout", ("-s", "--stop-timeout"), DURATION, OTHER,
        "How long a stopped user may finish its task, for example 30s.",
        0.0, "<time>", "LOCUST_STOP_TIMEOUT", minimum=0, maximum=MAX_DURATION_S,
    ),
    Option(
        "no_replace", ("--no-replace",), SWITCH, OTHER,
        "Do not replace users that die of an exception, as in Locust.", False,
        env="LOCUST_NO_REPLACE",
    ),
)  # fmt: skip

UNAVAILABLE: dict[str, tuple[str, str]] = {
    "--build-path": (
        "LOCUST_BUILD_PATH",
        "the web page is built in; a locustfile shows one of its own with web_ui.app, and has the "
        "figures at /stats/requests and /api/v1",
    ),
    "--expect-slaves": ("", "it is called --expect-workers"),
    "--legacy-ui": ("LOCUST_LEGACY_UI", "there is one web UI"),
    "--slave": ("", "it is called --worker"),
    "--web-auth": ("LOCUST_WEB_AUTH", "use --web-login or --web-token-file"),
}
"""Options of Locust that do not exist in this version: their variables, and what to do instead."""

OURS = frozenset({
    "allow_worker_loss", "csv_raw", "dns", "dns_server", "env_vars", "fail_on_invalid",
    "http_client", "http_debug", "include", "iterations", "join_token_file", "no_color",
    "no_connection_reuse", "no_remote_code", "no_replace", "no_vu_connection_reuse",
    "print_join_token", "show_users", "source_address", "summary_file", "web_allow_get",
    "web_token", "worker_max_wait", "worker_weight",
})  # fmt: skip
"""Options that Locust does not have; a locustfile that adds one of the same name gets the flag."""

OF_A_RUN = (
    "allow_target", "block", "dns", "dns_server", "http_client", "no_connection_reuse",
    "no_vu_connection_reuse", "resolve",
)  # fmt: skip
"""Options of a master that its workers keep to, as well as to their own."""
