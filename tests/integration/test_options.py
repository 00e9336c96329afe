"""Where options come from, seen from a shell: files, variables, stdin, the locustfile itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

LOCUSTFILE = """
import os
import signal
from locust import User, events, task

@events.init_command_line_parser.add_listener
def add(parser):
    parser.add_argument("--shop", type=int, default=3, help="Number of the shop")
    parser.add_argument("--key", is_secret=True, env_var="SHOP_KEY", default="")

@events.init.add_listener
def show(environment, **_):
    given = environment.parsed_options
    print("init", given.shop, given.key, given.num_users, os.environ.get("COLOUR"))

class Buyer(User):
    price = 0

    @task
    def buy(self):
        print("bought for", self.price)
        self.environment.runner.quit()
"""
RUN = ["--headless", "-t", "20s", "--iterations", "1"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "locustfile.py").write_text(LOCUSTFILE)
    return tmp_path


def command(
    folder: Path, *arguments: str, stdin: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "locust_like", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        cwd=folder,
        env={**os.environ, "HOME": str(folder), **environ},
    )
    assert done.returncode == 0, done.stderr
    return done


def test_custom_arguments_of_the_command_line(folder: Path) -> None:
    done = command(folder, *RUN, "--shop", "7", "--key", "k", "Buyer", "-e", "COLOUR=red", "A=")
    assert done.stdout.splitlines()[0] == "init 7 k None red"


def test_custom_arguments_of_files_and_variables(folder: Path) -> None:
    (folder / "locust.conf").write_text("shop = 9\nusers = 2\n")
    done = command(folder, *RUN, SHOP_KEY="s")
    assert done.stdout.splitlines()[0] == "init 9 s 2 None"


def test_help_shows_custom_arguments(folder: Path) -> None:
    assert "Number of the shop" in command(folder, "--help").stdout


def test_help_without_a_usable_locustfile(folder: Path) -> None:
    (folder / "locustfile.py").write_text("init_command_line_parser\n")
    done = command(folder, "--help")
    assert "--headless" in done.stdout
    assert "the options of the locustfile are not shown: " in done.stderr


def test_config_show_has_custom_arguments_and_hides_secrets(folder: Path) -> None:
    done = command(folder, "config", "show", "-u", "5", SHOP_KEY="secret")
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in done.stdout.splitlines()}
    assert rows["num_users"] == ["5", "command line"]
    assert rows["shop"] == ["3", "default"]
    assert rows["key"] == ["***", "environment SHOP_KEY"]
    assert "secret" not in done.stdout


def test_a_locustfile_on_stdin(folder: Path) -> None:
    (folder / "locustfile.py").unlink()
    done = command(folder, *RUN, "-f", "-", "--shop", "8", stdin=LOCUSTFILE)
    assert done.stdout.startswith("init 8 ")


def test_several_files_and_folders(folder: Path) -> None:
    (folder / "more/deep").mkdir(parents=True)
    (folder / "more/deep/seller.py").write_text(LOCUSTFILE.replace("Buyer", "Seller"))
    (folder / "more/_ignored.py").write_text("1 / 0")
    done = command(folder, "-f", "locustfile.py,more", "--list")
    assert done.stdout == "Available Users:\n    Buyer\n    Seller\n"


def test_users_are_configured_by_json(folder: Path) -> None:
    done = command(folder, *RUN, "--config-users", '{"user_class_name": "Buyer", "price": 12}')
    assert "bought for 12" in done.stdout


def test_autostart_begins_at_once_and_autoquit_ends(folder: Path) -> None:
    start = ("--autostart", "--autoquit", "0", "--web-port", "0")
    done = command(folder, *start, "--iterations", "1")
    assert "Starting web interface at http://127.0.0.1:" in done.stderr
    assert "bought for 0" in done.stdout


def test_without_log_setup_only_the_script_speaks(folder: Path) -> None:
    done = command(folder, *RUN, "--skip-log-setup")
    assert done.stdout.splitlines() == ["init 3  None None", "bought for 0"]
    assert done.stderr == ""


def test_no_users_at_all_are_allowed(folder: Path) -> None:
    done = command(folder, "--headless", "-u", "0", "-t", "1s")
    assert "bought" not in done.stdout


def test_ctrl_c_while_the_locustfile_is_imported(folder: Path) -> None:
    wait = "import sys, time\nprint('importing', flush=True)\ntime.sleep(60)\n"
    (folder / "locustfile.py").write_text(wait)
    process = subprocess.Popen(
        [sys.executable, "-m", "locust_like", *RUN],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "importing\n"
    process.send_signal(signal.SIGINT)
    errors = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert errors == "locust-like: interrupted before the run started.\n"
