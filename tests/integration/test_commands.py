"""`init`, `debug` and `completion` as real processes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ENOUGH_S, clean_environment

TEMPLATES = ["basic", "api-with-login", "stages", "soak"]
MIXED = """
from locust import HttpUser, SequentialTaskSet, User, task


class Steps(SequentialTaskSet):
    @task
    def first(self):
        self.client.get("/redirect/2", name="first")

    @task
    def leave(self):
        self.interrupt()


class Good(HttpUser):
    tasks = [Steps]

    def on_start(self):
        self.client.get("/delay/5", name="login")

    @task(3)
    def last(self):
        self.client.get("/json", name="last")

    def on_stop(self):
        self.client.get("/", name="logout")


class Bad(HttpUser):
    @task
    def missing(self):
        self.client.get("/status/404", name="n" * 300)

    @task
    def boom(self):
        self.nothing

    @task
    def after(self):
        self.client.get("/json", name="after")


class Stopper(User):
    @task
    def stop(self):
        breakpoint()
        raise ValueError("reached")
"""


def command(folder: Path, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "locust_like", *arguments],
        cwd=folder,
        input=stdin,
        env=clean_environment() | {"PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    (tmp_path / "mixed.py").write_text(MIXED)
    return tmp_path


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_can_be_debugged_and_run(
    template: str, target_url: str, tmp_path: Path
) -> None:
    made = command(tmp_path, "init", "--template", template)
    assert made.returncode == 0, made.stderr
    assert "locust-like debug locustfile.py" in made.stdout
    assert re.search(r"Then run it: +locust-like --headless", made.stdout)
    debugged = command(tmp_path, "debug", "locustfile.py", "-H", target_url)
    assert debugged.returncode == 0, debugged.stdout + debugged.stderr
    assert "failed: 0, exceptions: 0." in debugged.stdout
    load = ["--headless", "-u", "5", "-r", "50", "-t", "2s", "-H", target_url]
    ran = command(tmp_path, *load)
    assert ran.returncode == 0, ran.stderr
    if template == "stages":
        assert "Ramping to 10 users at a rate of 1.00 per second" in ran.stderr
    if template == "soak":
        assert "soak: " in ran.stderr


def test_init_never_overwrites_unless_told(tmp_path: Path) -> None:
    (tmp_path / "shop.py").write_text("mine")
    refused = command(tmp_path, "init", "shop")
    assert refused.returncode == 1
    assert refused.stderr == (
        "locust-like init: error: shop.py exists already; "
        "give another name, or --force to replace it.\n"
    )
    assert (tmp_path / "shop.py").read_text() == "mine"
    forced = command(tmp_path, "init", "shop", "--force")
    assert forced.returncode == 0
    assert "locust-like -f shop.py --headless" in forced.stdout
    assert "class Visitor(HttpUser)" in (tmp_path / "shop.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["init", "no/such/name"], 1, "there is no folder no/such"),
        (["init", "--template", "magic"], 2, "invalid choice: 'magic'"),
        (["init", ""], 2, "NAME is empty"),
        (["debug"], 2, "Usage: locust-like debug"),
        (["debug", "--tags", "a"], 2, "name the locustfile first"),
        (["debug", "nowhere.py"], 1, "Could not find nowhere.py"),
        (["debug", "mixed.py::Goood"], 1, "did you mean Good?"),
        (["debug", "mixed.py", "--userz", "3"], 2, "Did you mean --users?"),
        (["compare", "one.json"], 2, "give two files, not 1"),
        (["compare", "no.json", "no.json"], 1, "no.json: No such file or directory."),
        (["compare", "mixed.py", "mixed.py"], 1, "mixed.py was not written by --summary: "),
        (["completion"], 2, "name one shell, bash, zsh or fish, not nothing"),
        (["completion", "tcsh"], 2, "not tcsh"),
    ],
)
def test_wrong_use_is_one_sentence(
    arguments: list[str], code: int, words: str, mixed: Path
) -> None:
    done = command(mixed, *arguments)
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_runs_everything_once_in_order_and_shows_the_phases(
    mixed: Path, target_url: str
) -> None:
    done = command(mixed, "debug", "mixed.py::Good", "-H", target_url)
    assert done.returncode == 0, done.stdout + done.stderr
    steps = re.findall(r"^(?:  )+(\w+)$", done.stdout, re.MULTILINE)
    assert steps == ["on_start", "Steps", "first", "leave", "last", "on_stop"]
    calls = re.findall(r"^ {6}GET (\w+) +200 +[\d,]+ B +[\d.]+ ms$", done.stdout, re.MULTILINE)
    assert calls == ["login", "first", "last", "logout"]
    assert "note: interrupt(): a run would leave the task set here" in done.stdout
    # The server waits 5 ms before it answers the login.
    assert re.search(r"^ {8}wait +[\d.]+ ms +█+$", done.stdout, re.MULTILINE)
    assert "\n        > GET /" in done.stdout
    assert "\n        < HTTP/1.1 200 OK\n" in done.stdout
    assert "\x1b[" not in done.stdout
    assert done.stdout.endswith("Calls: 4, failed: 0, exceptions: 0.\n")


def test_debug_shows_failures_and_tracebacks_in_80_columns_and_goes_on(
    mixed: Path, target_url: str
) -> None:
    done = command(mixed, "debug", "mixed.py::Bad", "-H", target_url)
    assert done.returncode == 1
    ours = [line for line in done.stdout.splitlines() if not line.lstrip().startswith("File ")]
    assert max(map(len, ours)) <= 80
    failed = done.stdout.index("FAILED: 404 Client Error")
    raised = done.stdout.index("AttributeError: 'Bad' object has no attribute 'nothing'")
    assert failed < raised < done.stdout.index("GET after")
    assert 'mixed.py", line' in done.stdout
    assert "one_pass.py" not in done.stdout
    assert done.stdout.endswith("Calls: 2, failed: 1, exceptions: 1.\n")


def test_debug_shows_bodies_when_asked_and_colours_where_there_are_some(
    mixed: Path, target_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    (mixed / "post.py").write_text(
        "from locust import HttpUser, task\n\n\nclass Sender(HttpUser):\n    @task\n"
        "    def send(self):\n"
        '        self.client.post("/echo", json={"pin": 1, "a": "b"})\n'
    )
    done = command(mixed, "debug", "post.py", "-H", target_url, "--http-debug=full")
    assert '        > {"pin": "***", "a": "b"}' in done.stdout
    assert "\x1b[36m        > POST /echo HTTP/1.1\x1b[0m" in done.stdout
    assert "\x1b[32m        < HTTP/1.1 200 OK\x1b[0m" in done.stdout


def test_breakpoint_gives_a_prompt_that_goes_on_or_quits(mixed: Path) -> None:
    went_on = command(mixed, "debug", "mixed.py::Stopper", stdin="p 6 * 7\nc\n")
    assert "(Pdb) 42" in went_on.stdout
    assert "ValueError: reached" in went_on.stdout
    quitted = command(mixed, "debug", "mixed.py::Stopper", stdin="q\n")
    assert quitted.returncode == 1
    assert "stopped by you" in quitted.stdout
    assert "Traceback" not in quitted.stdout + quitted.stderr


def test_a_loaded_debugger_keeps_its_threads(mixed: Path) -> None:
    (mixed / "who.py").write_text(
        "from locust import User, task\nfrom gevent import monkey\n\n\n"
        "class Who(User):\n    @task\n    def ask(self):\n"
        '        print("patched:", monkey.is_module_patched("threading"))\n'
    )
    start = (
        "import sys, types; sys.modules['pydevd'] = types.ModuleType('pydevd')\n"
        "from locust_like.cli.main import main; sys.exit(main(['debug', 'who.py']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", start],
        cwd=mixed,
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    assert "patched: False" in done.stdout, done.stderr
    assert "patched: True" in command(mixed, "debug", "who.py").stdout


def completed(shell: str, folder: Path, script: str) -> list[str]:
    """Source the completion script in a shell, run a script, return what it prints."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    made = command(folder, "completion", shell)
    assert made.returncode == 0, made.stderr
    (folder / "completion").write_text(made.stdout)
    clean = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    done = subprocess.run(
        [shell, *clean, "-c", script],
        cwd=folder,
        env=clean_environment() | {"HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=ENOUGH_S,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_bash_completes_options_choices_verbs_and_classes(mixed: Path) -> None:
    ask = (
        'ask() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _locust_like; echo "${COMPREPLY[@]}"; }'
    )
    lines = completed(
        "bash",
        mixed,
        f"source ./completion; complete -p locust-like; {ask}\n"
        "ask locust-like --spawn; ask locust-like -L ''; ask locust-like de\n"
        "ask locust-like -f mixed.py ''; ask locust-like init --template so",
    )
    assert lines[0].endswith("-F _locust_like locust-like")
    assert lines[1:] == [
        "--spawn-rate",
        "DEBUG INFO WARNING ERROR CRITICAL",
        "debug",
        "Good Bad Stopper",
        "soak",
    ]


def test_zsh_takes_the_script(mixed: Path) -> None:
    lines = completed(
        "zsh",
        mixed,
        "autoload -Uz compinit && compinit -u -D && source ./completion && "
        "print $_comps[locust-like]",
    )
    assert lines == ["_locust_like"]


def test_fish_completes_options_and_classes(mixed: Path) -> None:
    (mixed / "mixed.py").rename(mixed / "locustfile.py")
    lines = completed(
        "fish",
        mixed,
        "source ./completion; complete -C 'locust-like --spawn'; complete -C 'locust-like Go'",
    )
    assert [line.split("\t")[0] for line in lines] == ["--spawn-rate", "Good"]


def test_two_runs_are_compared_as_the_documentation_shows(tmp_path: Path, target_url: str) -> None:
    page = Path(__file__).resolve().parents[2] / "docs/reading-a-run.md"
    found = re.search(r"^```console\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    (tmp_path / "locustfile.py").write_text(
        "from locust import HttpUser, constant, task\n\n"
        "class Visitor(HttpUser):\n    wait_time = constant(0.1)\n"
        "    @task\n    def page(self):\n        self.client.get('/')\n"
    )
    shown = found[1].replace("-t 30s", "-t 1s").replace("http://127.0.0.1:8080", target_url)
    for line in shown.splitlines():
        done = command(tmp_path, *line.split()[1:])
        assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("old  20")
    assert re.search(r"^GET / +[\d.]+ +[+-]\d+%", done.stdout, re.MULTILINE)
    assert "p99 of fewer than 1,000 requests is chance: GET /" in " ".join(done.stdout.split())
