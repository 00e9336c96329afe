"""Wrong input: one clear sentence, an exit code that is not 0, no traceback, nothing sent.

The messages were reviewed as text; whoever changes one reads all of them again.
"""

import json
import signal
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pytest

GOOD = """
from locust import HttpUser, tag, task

class Visitor(HttpUser):
    @tag("front")
    @task
    def front(self):
        self.client.get("/")
"""
ENOUGH_S = 300


@dataclass
class Case:
    """One command line; `code` and `words` are what it must end with."""

    name: str
    arguments: list[str]
    words: str
    code: int = 2
    text: str | None = GOOD
    files: dict[str, str] = field(default_factory=dict)
    pipes: list[str] = field(default_factory=list)
    environ: dict[str, str] = field(default_factory=dict)
    stdin: str = ""
    stdout: str = ""
    max_files: int = 0
    has_host: bool = True


CUSTOM = (
    GOOD
    + """
from locust import events

@events.init_command_line_parser.add_listener
def _(parser):
    parser.add_argument("--shop", type=int, default=3)
"""
)
RUN = ["--headless", "-t", "1s"]


def script(line: str, head: str = "") -> str:
    """Return a locustfile whose user class has this line."""
    return f"{head}\nfrom locust import *\nclass Visitor(HttpUser):\n    {line}\n"


def task(line: str) -> str:
    """Return a locustfile whose only task is this line."""
    return script(f"@task\n    def front(self):\n        {line}\n")


CASES = [
    # Files
    Case("missing file", [*RUN, "-f", "missing.py"], "Could not find missing.py: no such file", 1),
    Case("no locustfile", RUN, "Could not find locustfile.py: no such file", 1, text=None),
    Case("no python", [*RUN, "-f", "a.txt"], "its name must end in .py", 1, files={"a.txt": ""}),
    Case("empty folder", [*RUN, "-f", "d"], "Could not find any locustfiles in directory d", 1,
         files={"d/_a.py": GOOD}),
    Case("URL", [*RUN, "-f", "http://127.0.0.1/x.py"], "Could not load http://127.0.0.1/x.py", 1),
    Case("no name", [*RUN, "-f", ","], "-f names no file", 1),
    Case("one of two", [*RUN, "-f", "locustfile.py,b.py"], "Could not find b.py", 1),
    Case("empty stdin", [*RUN, "-f", "-"], "reads the locustfile from stdin, which is empty", 1),
    Case("stdin syntax", [*RUN, "-f", "-"], "<stdin>:1: syntax error: ", 1, stdin="class User(:"),
    # What is in them
    Case("syntax", RUN, "locustfile.py:2: syntax error: ", 1, text="\nclass User(:"),
    Case("import", RUN, "locustfile.py:1: cannot import nowhere: no such module", 1,
         text="import nowhere"),
    Case("name of module", RUN, "locustfile.py:1: cannot import name 'HttpUsr' from 'locust'.", 1,
         text="from locust import HttpUsr"),
    Case("raises", RUN, "locustfile.py:1: ZeroDivisionError: division by zero.", 1, text="1 / 0"),
    Case("bytes", RUN, "locustfile.py", 1, text="a = '\0'"),
    Case("no user", RUN, "No User class found in ", 1, text="import json"),
    Case("no task", RUN, "No tasks defined on Visitor: mark a method with @task", 1,
         text=script("pass")),
    Case("two names", [*RUN, "-f", "locustfile.py,b.py"], "Duplicate user class names: Visitor", 1,
         files={"b.py": GOOD}),
    Case("weight", RUN, "weight of Visitor must be a number of 0 or more", 1,
         text=script("weight = -1")),
    Case("weights 0", RUN, "no users with weight > 0", 1,
         text=task("pass") + "\n    weight = 0\n"),
    Case("unknown class", [*RUN, "Vistor"], "Unknown User(s): Vistor; did you mean Visitor?", 1),
    Case("tags", [*RUN, "-T", "nothing"], "no task is left by --tags", 1),
    # Host
    Case("no host", RUN, "You must specify the base host", 1, has_host=False),
    Case("no scheme", [*RUN, "-H", "example.org"], "it must start with http:// or https://", 1),
    Case("only scheme", [*RUN, "-H", "http://"], "it needs a host", 1),
    Case("port", [*RUN, "-H", "http://127.0.0.1:99999"], "Port out of range", 1),
    Case("CR LF in host", [*RUN, "-H", "http://127.0.0.1\r\nX: 1"], "it has a line break", 1),
    Case("host of class", RUN, "host of Visitor 'x' is no base URL", 1, has_host=False,
         text=script("host = 'x'")),
    Case("CR LF in class header", RUN, "default_headers of Visitor: the header 'X' has a line", 1,
         text=task("pass") + '\n    default_headers = {"X": "a\\r\\nb"}'),
    # Numbers and words
    Case("users -1", [*RUN, "-u", "-1"], "argument -u/--users: '-1' is not a number"),
    Case("users abc", [*RUN, "-u", "abc"], "'abc' is not a number. Valid formats: 100, 1k"),
    Case("users 1e12", [*RUN, "-u", "1e12"], "'1e12' is not a number. Valid formats: 100, 1k"),
    Case("users 10^12", [*RUN, "-u", "1000000000000"], "too large: at most 10,000,000"),
    Case("users nan", [*RUN, "-u", "nan"], "'nan' is not a number"),
    Case("users 1.5", [*RUN, "-u", "1.5"], "'1.5' is not a whole number"),
    Case("rate -5", [*RUN, "-r", "-5"], "argument -r/--spawn-rate: '-5' is not a number"),
    Case("rate 0", [*RUN, "-r", "0"], "'0' is too small: at least 0.001 users/s"),
    Case("rate inf", [*RUN, "-r", "inf"], "'inf' is not a number"),
    Case("time soon", [*RUN, "-t", "soon"], "Invalid time span format. Valid formats: 20, 20s"),
    Case("time 9999999h", [*RUN, "-t", "9999999h"], "too large: at most 31,622,400 s"),
    Case("iterations 0", [*RUN, "--iterations", "0"], "'0' is too small: at least 1"),
    Case("log level", [*RUN, "-L", "LOUD"], "'LOUD' is none of DEBUG, INFO"),
    Case("exit code", [*RUN, "--exit-code-on-error", "256"], "too large: at most 255"),
    Case("value missing", [*RUN, "-u"], "argument -u/--users: expected one argument."),
    # Options
    Case("unknown option", [*RUN, "--hots", "x"], "unknown option --hots. Did you mean --host?"),
    Case("misspelt headless", ["--hedless"], "unknown option --hedless. Did you mean --headless?"),
    Case("web port", ["--web-port", "70000"], "'70000' is too large: at most 65,535"),
    Case("TLS key", ["--tls-cert", "x.pem"], "--tls-cert and --tls-key are needed together"),
    Case("base path", ["--web-base-path", "load"], "'load' must be a path like /load", 1),
    Case("token file", ["--web-token-file", "none"], "--web-token-file none cannot be read", 1),
    Case("two roles", ["--master", "--worker"], "--master and --worker exclude each other"),
    Case("processes", [*RUN, "--processes", "-2"], "'-2' is neither 1 to 1,000 nor -1"),
    Case("master port", ["--worker", "--master-port", "70000"], "too large: at most 65,535"),
    Case("no remote code", ["--worker", "-f", "-", "--no-remote-code"],
         "-f - takes the locustfile of the master, and --no-remote-code no.", 1),
    Case("wrong token", ["--worker"], "LOCUST_LIKE_JOIN_TOKEN: ", 1,
         environ={"LOCUST_LIKE_JOIN_TOKEN": "secret"}),
    Case("join token file", ["--worker", "--join-token-file", "locustfile.py"],
         "locustfile.py: the join token is damaged", 1),
    Case("master address", ["--master", "--master-bind-host", "nowhere.invalid",
                            "--join-token-file", "token"],
         "cannot listen on nowhere.invalid:5557: ", 1),
    Case("autoquit", [*RUN, "--autoquit", "1"], "only meaningful in combination with --autostart"),
    Case("full history", [*RUN, "--csv-full-history"], "'--csv-full-history' requires '--csv'."),
    Case("-e", [*RUN, "-e", "NAME"], "-e takes NAME=VALUE, and 'NAME' is not that"),
    Case("-e name", [*RUN, "-e", "A B=1"], "-e takes NAME=VALUE, and 'A B=1' is not that"),
    Case("user JSON", [*RUN, "--config-users", "{"], "--config-users must be valid JSON: "),
    Case("user JSON name", [*RUN, "--config-users", "{}"], "must specify a user_class_name"),
    Case("user JSON class", [*RUN, "--config-users", '{"user_class_name": "X"}'],
         "there is no user class X; there are Visitor"),
    Case("user JSON file", [*RUN, "--config-users", "x.json"],
         "--config-users x.json: cannot read the file: No such file"),
    # Files and variables that set options
    Case("config missing", [*RUN, "--config", "x.conf"], "could not find the configuration file"),
    Case("config folder", [*RUN, "--config", "."], "cannot read the configuration file .: Is a"),
    Case("config line", RUN, "locust.conf:2: '= 5' has no option in front",
         files={"locust.conf": "users = 3\n= 5\n"}),
    Case("config value", RUN, "locust.conf line 1: users: 'many' is not a number",
         files={"locust.conf": "users = many\n"}),
    Case("config key", RUN,
         "locust.conf line 2: unknown option spwan-rate; did you mean spawn-rate?",
         files={"locust.conf": "# rates\nspwan-rate = 5\n"}),
    Case("config later", RUN, "locust.conf line 1: build-path is not available in this version",
         files={"locust.conf": "build-path = x\n"}),
    Case("pyproject", RUN, "pyproject.toml: Invalid value (at line 2, column 9).",
         files={"pyproject.toml": "[tool.locust]\nusers = =\n"}),
    Case("pyproject value", RUN, "pyproject.toml [tool.locust]: users: '-3' is not a number",
         files={"pyproject.toml": "[tool.locust]\nusers = -3\n"}),
    Case("pyproject list", RUN, "pyproject.toml [tool.locust]: users takes one value, not a list",
         files={"pyproject.toml": "[tool.locust]\nusers = [1, 2]\n"}),
    Case("pyproject table", RUN, "pyproject.toml [tool.locust] is no table",
         files={"pyproject.toml": "[tool]\nlocust = 5\n"}),
    Case("variable", RUN, "environment variable LOCUST_USERS: 'lots' is not a number",
         environ={"LOCUST_USERS": "lots"}),
    Case("our variable", RUN, "environment variable LOCUST_LIKE_SPAWN_RATE: '-1' is not a number",
         environ={"LOCUST_LIKE_SPAWN_RATE": "-1", "LOCUST_SPAWN_RATE": "1"}),
    Case("worker variable", RUN, "environment variable LOCUST_MODE_WORKER: 'maybe' is neither",
         environ={"LOCUST_MODE_WORKER": "maybe"}),
    # Places for results
    Case("csv below a file", [*RUN, "--csv", "locustfile.py/x"],
         "results could not be written: locustfile.py is a file, not a folder.", 1),
    Case("csv read-only", [*RUN, "--csv", "/proc/x"],
         "results could not be written: /proc/x_stats.csv: no file can be made in /proc", 1),
    Case("json read-only", [*RUN, "--json-file", "/proc/x"],
         "results could not be written: /proc/x.json: no file can be made in /proc", 1),
    Case("summary read-only", [*RUN, "--summary", "/proc/x"], "results could not be written", 1),
    Case("csv is a folder", [*RUN, "--csv", "d/x"], "d/x_stats.csv: Is a directory", 1,
         files={"d/x_stats.csv/a": ""}),
    Case("log below a file", [*RUN, "--logfile", "locustfile.py/x"],
         "cannot write the log: locustfile.py is a file, not a folder.", 1),
    Case("log is a folder", [*RUN, "--logfile", "."], "cannot write the log: ", 1),
    Case("disk full", ["--list"], "cannot write to stdout: No space left on device", 1,
         stdout="/dev/full"),
    Case("few files", RUN,
         "may open only 40 files, too few for any run; raise the limit with `ulimit -n 1024`",
         1, max_files=40),
    Case("misspelt command", ["targt"], "If it was to be a command: locust-like target.", 1),
    Case("include", ["--master", "--headless", "--master-bind-port", "0", "--include", "no.csv"],
         "--include no.csv: there is no file ", 1),
    Case("include elsewhere", ["--master", "--headless", "--include", "/etc/hostname"],
         "--include /etc/hostname: it is not below ", 1),
    # Files that are none
    Case("pipe", RUN, "locustfile.py is a pipe or a device; `-f - < locustfile.py` reads", 1,
         text=None, pipes=["locustfile.py"]),
    Case("pipe in -f", [*RUN, "-f", "a.py"], "a.py is a pipe or a device", 1, pipes=["a.py"]),
    Case("device", [*RUN, "-f", "/dev/null"], "/dev/null is no Python file", 1),
    Case("folder as file", RUN, "Could not find any locustfiles in directory locustfile.py", 1,
         text=None, files={"locustfile.py/x": ""}),
    Case("long name", [*RUN, "-f", f"{'a' * 300}.py"], "File name too long", 1),
    Case("pipe as log", [*RUN, "--logfile", "log"], "cannot write the log: log: No such device", 1,
         pipes=["log"]),
    Case("pipe as history", [*RUN, "--csv", "x"], "x_stats_history.csv: No such device", 1,
         pipes=["x_stats_history.csv"]),
    Case("config without us", [*RUN, "--config", "x.toml"], "x.toml sets nothing: options stand",
         files={"x.toml": "[tool.locuts]\nusers = 5\n"}),
    Case("two in one file", [*RUN, "--summary", "x", "--html", "./x"],
         "--summary and --html both name ./x; give each a file of its own."),
    Case("json is the log", [*RUN, "--json-file", "x", "--logfile", "x.json"],
         "--json-file and --logfile both name x.json"),
    # Scripts of all sorts
    Case("syntax in module", RUN, "shop.py:1: syntax error: ", 1, text="import shop",
         files={"shop.py": "def x(:"}),
    Case("circle", RUN, "b.py:1: cannot import name 'x' from partially initialized module 'a'", 1,
         text="import a", files={"a.py": "from b import y\nx = 1", "b.py": "from a import x"}),
    Case("exits", RUN, "locustfile.py:1: SystemExit: no more.", 1, text="exit('no more')"),
    Case("exits with 0", RUN, "locustfile.py:1: SystemExit: no message.", 1,
         text="raise SystemExit"),
    Case("base exception", RUN, "locustfile.py:1: BaseException: odd.", 1,
         text="raise BaseException('odd')"),
    Case("endless recursion", RUN, "RecursionError: maximum recursion depth exceeded", 1,
         text="def f(): f()\nf()"),
    Case("encoding", RUN, "syntax error: unknown encoding: klingon", 1, text="# coding: klingon"),
    Case("abstract only", RUN, "No User class found in ", 1, text=script("abstract = True")),
    Case("tasks", RUN, "TypeError: tasks is 5; it must be a list of tasks", 1,
         text=script("tasks = 5")),
    Case("task with yield", RUN, "task front has a yield in it", 1, text=task("yield")),
    Case("wait time", RUN, "wait_time of Visitor is '1'; write wait_time = constant(SECONDS)", 1,
         text=script("wait_time = '1'")),
    Case("throughput", RUN, "constant_throughput() requires a positive rate", 1,
         text=script("wait_time = constant_throughput(0)")),
    Case("fixed count", RUN, "fixed_count of Visitor must be a whole number of 0 or more", 1,
         text=task("pass") + "\n    fixed_count = -1"),
    Case("host is no text", RUN, "host of Visitor 5 is no base URL: it is no text", 1,
         text=task("pass") + "\n    host = 5", has_host=False),
    # Hosts
    Case("fragment", [*RUN, "-H", "http://x/#/shop"], "all that follows # would never be sent", 1),
    Case("IPv6", [*RUN, "-H", "http://[::1"], "'http://[::1' is no base URL: Invalid IPv6 URL", 1),
    Case("IPv6 bare", [*RUN, "-H", "http://::1:80"], "it needs a host", 1),
    Case("ftp", [*RUN, "-H", "ftp://x"], "it must start with http:// or https://", 1),
    Case("port 0", [*RUN, "-H", "http://127.0.0.1:0"], "is no base URL", 1),
    # Numbers of other scripts, and too small ones
    Case("digits", [*RUN, "-u", "\u0663"], "'\u0663' is not a number"),
    Case("superscript", [*RUN, "-u", "\u00b2"], "'\u00b2' is not a number"),
    Case("underscore", [*RUN, "-u", "1_0"], "'1_0' is not a number"),
    Case("huge rate", [*RUN, "-r", "1" * 400], "a number of 400 digits is too large"),
    Case("time 0", ["--headless", "-t", "0"], "'0' is too small: at least 0.1 s"),
    Case("time -5s", ["--headless", "-t", "-5s"], "argument -t/--run-time: Invalid time span"),
    Case("time empty", ["--headless", "-t", ""], "Invalid time span format"),
    Case("stop timeout", [*RUN, "-s", "-1"], "argument -s/--stop-timeout: Invalid time span"),
    Case("variable empty", RUN, "environment variable LOCUST_USERS: '' is not a number",
         environ={"LOCUST_USERS": ""}),
    # Targets and addresses
    Case("resolve", [*RUN, "--resolve", "a:b:c"], "--resolve 'a:b:c' is not HOST:PORT:ADDRESS"),
    Case("block", [*RUN, "--block", "10.0.0.0/99"], "--block '10.0.0.0/99' is neither an address"),
    Case("allow", [*RUN, "--allow-target", ""], "--allow-target '' is neither an address"),
    Case("dns", [*RUN, "--dns", "ttl=abc"], "--dns ttl=abc: Invalid time span format"),
    Case("dns server", [*RUN, "--dns-server", "x"], "--dns-server 'x' is no IP address"),
    Case("source", [*RUN, "--source-address", "203.0.113.7"], "is not of this machine"),
    Case("web address", ["--web-host", "203.0.113.9"], "is none of this machine; correct --web", 1),
    Case("certificate", ["--tls-cert", "locustfile.py", "--tls-key", "locustfile.py"],
         "cannot be used: pem not found; they are the files of a certificate and its key", 1),
    Case("token file empty", ["--web-token-file", "e"], "has no token in its first line", 1,
         files={"e": ""}),
    # Arguments that the locustfile adds
    Case("custom value", [*RUN, "--shop", "x"], "argument --shop: invalid int value: 'x'.",
         text=CUSTOM),
    Case("custom name", [*RUN, "--shp", "3"], "unknown option --shp. Did you mean --shop?",
         text=CUSTOM),
    Case("custom variable", RUN, "environment LOCUST_SHOP: argument --shop: invalid int value",
         text=CUSTOM, environ={"LOCUST_SHOP": "x"}),
    Case("custom key", RUN, "locust.conf line 1: argument --shop: invalid int value: 'x'.",
         text=CUSTOM, files={"locust.conf": "shop = x\n"}),
]  # fmt: skip


ONCE = [*RUN, "--iterations", "1"]
IN_SCRIPTS = [
    Case("CR LF in header", ONCE, "ValueError: CR, LF or NUL in the value of header", 1,
         text=task('self.client.get("/", headers={"X": "a\\r\\nb"})')),
    Case("CR LF in header name", ONCE, "ValueError: ", 1,
         text=task('self.client.get("/", headers={"X\\r\\n": "a"})')),
    Case("CR LF in URL", ONCE, "it contains a line break", 1,
         text=task('self.client.get("/a\\r\\nb")')),
    Case("no scheme in URL", ONCE, "ValueError: ", 1, text=task('self.client.get("x y://")')),
    Case("bad method", ONCE, "ValueError: ", 1, text=task('self.client.request("G T", "/")')),
]  # fmt: skip
"""Mistakes that only the script's own line can show: there the traceback is wanted."""


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict[str, Any]]:
    """Run all cases; the server that they would load has counted what arrived."""
    server = subprocess.Popen(
        [sys.executable, "-m", "locust_like", "target", "--port", "0", "--print-port"],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    host = f"http://127.0.0.1:{server.stdout.readline().strip()}"
    driver = Path(__file__).with_name("wrong_input_driver.py")
    done = subprocess.run(
        [sys.executable, str(driver)],
        input=json.dumps([prepared(case, host) for case in [*CASES, *IN_SCRIPTS]]),
        capture_output=True, text=True, check=True, timeout=ENOUGH_S,
    )  # fmt: skip
    server.send_signal(signal.SIGINT)
    counters = json.loads(server.communicate(timeout=ENOUGH_S)[0])
    names = [case.name for case in [*CASES, *IN_SCRIPTS]]
    return {**dict(zip(names, json.loads(done.stdout), strict=True)), "server": counters}


def prepared(case: Case, host: str) -> dict[str, Any]:
    """Return a case as the driver reads it; a run that went on would reach the server."""
    files = dict(case.files)
    if case.text is not None:
        files["locustfile.py"] = case.text
    environ = {**case.environ, **({"LOCUST_HOST": host} if case.has_host else {})}
    return {**asdict(case), "files": files, "environ": environ}


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_sentence(case: Case, outcomes: dict[str, dict[str, Any]]) -> None:
    outcome = outcomes[case.name]
    shown = outcome["stderr"]
    assert outcome["stdout"] == ""
    sentences = [line for line in shown.splitlines() if line.startswith("locust-like: error: ")]
    assert (outcome["code"], len(sentences)) == (case.code, 1), shown
    assert case.words in sentences[0]
    assert sentences[0].endswith((".", "?")), "a sentence ends with a full stop"
    assert "Traceback" not in shown


@pytest.mark.parametrize("case", IN_SCRIPTS, ids=lambda case: case.name)
def test_mistakes_in_calls(case: Case, outcomes: dict[str, dict[str, Any]]) -> None:
    outcome = outcomes[case.name]
    assert outcome["code"] == case.code, outcome["stderr"]
    assert case.words in outcome["stderr"]
    assert "locustfile.py" in outcome["stderr"]


def test_nothing_was_sent(outcomes: dict[str, dict[str, Any]]) -> None:
    assert outcomes["server"]["requests"] == 0
