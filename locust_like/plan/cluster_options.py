"""The options of master and workers, a part of the table in `plan/options.py`."""

from __future__ import annotations

from locust_like.plan.option import (
    ADDRESS,
    COUNT,
    DURATION,
    MAX_DURATION_S,
    MAX_PORT,
    NUMBER,
    PROCESSES,
    SWITCH,
    TEXT,
    TEXTS,
    Option,
)

_MASTER, _WORKER = "Master options", "Worker options"
_MAX_WORKERS = 1000

CLUSTER_OPTIONS: tuple[Option, ...] = (
    Option(
        "master", ("--master",), SWITCH, _MASTER,
        "Run no users here but let workers run them, which connect to this process.", False,
        env="LOCUST_MODE_MASTER",
    ),
    Option(
        "master_bind_host", ("--master-bind-host",), ADDRESS, _MASTER,
        "Address that workers connect to. The default lets only this machine in; with a wider one, "
        "as 0.0.0.0 or *, whoever has the join token may join.",
        "127.0.0.1", "<address>", "LOCUST_MASTER_BIND_HOST",
    ),
    Option(
        "master_bind_port", ("--master-bind-port",), COUNT, _MASTER,
        "Port that workers connect to; 0 takes any free one.", 5557, "<port>",
        "LOCUST_MASTER_BIND_PORT", minimum=0, maximum=MAX_PORT,
    ),
    Option(
        "expect_workers", ("--expect-workers",), COUNT, _MASTER,
        "With --headless or --autostart: wait for so many workers before the load starts.",
        1, "<int>", "LOCUST_EXPECT_WORKERS", minimum=1, maximum=_MAX_WORKERS,
    ),
    Option(
        "expect_workers_max_wait", ("--expect-workers-max-wait",), DURATION, _MASTER,
        "Give up waiting for them after this time; 0 waits for ever.", 0.0, "<time>",
        "LOCUST_EXPECT_WORKERS_MAX_WAIT", minimum=0, maximum=MAX_DURATION_S,
    ),
    Option(
        "allow_worker_loss", ("--allow-worker-loss",), SWITCH, _MASTER,
        "Exit with 0 although a worker was lost during the run.", False,
        env="LOCUST_ALLOW_WORKER_LOSS",
    ),
    Option(
        "enable_rebalancing", ("--enable-rebalancing",), SWITCH, _MASTER,
        "Nothing: users are always balanced again when workers come and go.", False,
    ),
    Option(
        "include", ("--include",), TEXTS, _MASTER,
        "Files or folders below the locustfile's folder that workers with -f - get besides the "
        "modules that it imports.", (), "<path>", "LOCUST_INCLUDE",
    ),
    Option(
        "print_join_token", ("--print-join-token",), SWITCH, _MASTER,
        "Print the join token, also where stderr is no terminal; without --master make the token's "
        "files if they are missing, and exit.", False, env="LOCUST_PRINT_JOIN_TOKEN",
    ),
    Option(
        "join_token_file", ("--join-token-file",), TEXT, _MASTER,
        "File with the join token, for master and workers; the master keeps its keys beside it, in "
        "a file with .key at its end. Without it: $XDG_STATE_HOME/locust_like/join-token, for a "
        "worker also the variable LOCUST_LIKE_JOIN_TOKEN.", None, "<filename>",
        "LOCUST_JOIN_TOKEN_FILE",
    ),
    Option(
        "worker", ("--worker",), SWITCH, _WORKER,
        "Run users as the master says.", False, env="LOCUST_MODE_WORKER",
    ),
    Option(
        "processes", ("--processes",), PROCESSES, _WORKER,
        "Start so many worker processes, -1 for one per core; alone or with --master this process "
        "is their master.", None, "<int>", "LOCUST_PROCESSES",
    ),
    Option(
        "master_host", ("--master-host",), ADDRESS, _WORKER, "Address of the master.", "127.0.0.1",
        "<address>", "LOCUST_MASTER_NODE_HOST",
    ),
    Option(
        "master_port", ("--master-port",), COUNT, _WORKER, "Port of the master.", 5557, "<port>",
        "LOCUST_MASTER_NODE_PORT", minimum=1, maximum=MAX_PORT,
    ),
    Option(
        "worker_weight", ("--worker-weight",), NUMBER, _WORKER,
        "Share of the users that this worker gets, relative to the others, for machines of "
        "different size.", 1.0, "<float>", "LOCUST_WORKER_WEIGHT", minimum=0.01, maximum=1000,
    ),
    Option(
        "worker_max_wait", ("--worker-max-wait",), DURATION, _WORKER,
        "How long to look for the master, at the start and when it is gone.", 600.0, "<time>",
        "LOCUST_WORKER_MAX_WAIT", minimum=0, maximum=MAX_DURATION_S,
    ),
    Option(
        "no_remote_code", ("--no-remote-code",), SWITCH, _WORKER,
        "Never run a locustfile that the master sends.", False, env="LOCUST_NO_REMOTE_CODE",
    ),
)  # fmt: skip
