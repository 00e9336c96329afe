"""The compose file, the chart and the page about them agree with the program and its image."""

import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from locust_like import _core
from locust_like._version import __version__
from locust_like.plan.bundle import MOST_BYTES, MOST_FILES
from locust_like.plan.options import OPTIONS
from locust_like.runtime.crew import BUSY_AFTER_S, STUCK_AFTER_S
from locust_like.runtime.documents import MOST_MESSAGE_BYTES
from locust_like.runtime.join_token import KEY_SUFFIX, VARIABLE

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "examples/deploy/chart"
TEMPLATES = sorted((CHART / "templates").iterdir())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
PAGE = (ROOT / "docs/distributed.md").read_text()
LIMITS = (ROOT / "csrc/cluster/limits.h").read_text()
FLAGS = {flag for option in OPTIONS for flag in option.flags}
DEFAULTS: dict[str, Any] = {option.name: option.default for option in OPTIONS}
PORTS = {60999 - 32768 + 1: "28,232", 65535 - 1024 + 1: "64,512"}


def flags_in(text: str) -> set[str]:
    """Return the options of ours that a text names."""
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text))


@cache
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "examples/deploy/compose.yaml").read_text())
    return loaded


@cache
def values() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
    return loaded


def template(name: str) -> str:
    return (CHART / "templates" / name).read_text()


def constant(name: str) -> int:
    """Return a number of the link's, in its own unit."""
    found = re.search(rf"\b{name} = (?:size_t\{{)?([\d']+)(?:\}} << (\d+))?", LIMITS)
    assert found is not None, name
    return int(found[1].replace("'", "")) << int(found[2] or 0)


@pytest.mark.parametrize(
    "path", [p for p in TEMPLATES if p.suffix == ".yaml"], ids=lambda p: p.name
)
def test_chart_names_only_options_that_exist(path: Path) -> None:
    code = re.sub(r"\{\{.*?\}\}", "", path.read_text())
    assert flags_in(code) <= FLAGS


def test_chart_uses_every_value_and_no_other() -> None:
    used = {match for p in TEMPLATES for match in re.findall(r"\.Values\.(\w+)", p.read_text())}
    assert used == set(values())


def test_schema_of_the_values_fits_them_and_is_complete() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.validate(values(), schema)
    assert set(schema["properties"]) - {"global"} == set(values())
    for part in ("master", "workers", "image"):
        assert set(schema["properties"][part]["properties"]) == set(values()[part])


def test_chart_has_the_version_of_the_program() -> None:
    assert yaml.safe_load((CHART / "Chart.yaml").read_text())["appVersion"] == __version__


def test_blocks_of_the_templates_are_closed() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        opened = re.findall(r"\{\{-? (?:if|range|with|define) ", text)
        assert len(opened) == len(re.findall(r"\{\{-? end ", text)), path.name


def test_chart_is_safe_unless_somebody_changes_it() -> None:
    parts = template("_parts.tpl")
    for line in (
        "runAsNonRoot: true",
        "seccompProfile: {type: RuntimeDefault}",
        "allowPrivilegeEscalation: false",
        "readOnlyRootFilesystem: true",
        "capabilities: {drop: [ALL]}",
        "automountServiceAccountToken: false",
    ):
        assert line in parts
    for name in ("master.yaml", "workers.yaml"):
        for part in ("podSecurity", "containerSecurity", "podDefaults"):
            assert f'include "load.{part}"' in template(name)
    assert values()["networkPolicy"] is True


def test_a_run_in_the_chart_is_judged_once() -> None:
    assert "backoffLimit: 0" in template("master.yaml")
    assert "restartPolicy: Never" in template("master.yaml")


def test_chart_and_image_agree() -> None:
    user = re.search(r"^USER (\d+)$", DOCKERFILE, re.MULTILINE)
    assert user is not None
    assert f"runAsUser: {user[1]}" in template("_parts.tpl")
    assert f"docker build -t {values()['image']['repository']} ." in DOCKERFILE
    assert 'ENTRYPOINT ["locust-like"]' in DOCKERFILE
    assert "command:" not in template("master.yaml") + template("workers.yaml")


@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="the image is a Debian")
def test_image_has_every_library_that_the_core_needs() -> None:
    (installed,) = re.findall(r"no-install-recommends (lib.*) \\", DOCKERFILE)
    linked = subprocess.run(
        ["readelf", "--dynamic", _core.__file__], capture_output=True, text=True, check=True
    ).stdout
    # Of libc and of what comes with the compiler, each Debian with Python has the newest.
    # The sanitizers' belong to test builds, which no image holds.
    missing = {
        library
        for library in re.findall(r"NEEDED.*\[(?!lib(?:a|ub)san\.)(.*)\]", linked)
        if not packages_of(library) & {*installed.split(), "libc6", "libgcc-s1", "libstdc++6"}
    }
    assert missing == set()


def packages_of(library: str) -> set[str]:
    found = subprocess.run(
        ["dpkg-query", "--search", f"*/{library}"], capture_output=True, text=True, check=False
    ).stdout
    return {line.split(":")[0] for line in found.splitlines()}


def test_chart_uses_the_default_port() -> None:
    port = DEFAULTS["master_bind_port"]
    assert port == DEFAULTS["master_port"]
    assert f"containerPort: {port}" in template("master.yaml")
    assert f"port: {port}, targetPort: workers" in template("network.yaml")


def test_token_reaches_master_as_files_and_workers_as_variable() -> None:
    assert f"name: {VARIABLE}" in template("workers.yaml")
    assert "key: join-token}" in template("workers.yaml")
    # The master's keys lie beside the token, and never in a worker.
    assert "--join-token-file=/token/join-token" in template("master.yaml")
    assert KEY_SUFFIX == ".key"
    assert "secret:" not in template("workers.yaml")
    files = f"--from-file=join-token --from-file=join-token{KEY_SUFFIX}"
    assert files in PAGE
    assert f"generic {values()['tokenSecret']} {files}" in PAGE


def test_compose_names_only_options_that_exist() -> None:
    for name, service in compose()["services"].items():
        if name != "target":
            assert flags_in("\n".join(service["command"])) <= FLAGS


def test_compose_is_safe() -> None:
    for service in compose()["services"].values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        # Nothing is published: from outside of the machine nobody reaches anything.
        assert "ports" not in service
        assert "privileged" not in service


def test_compose_keeps_the_keys_from_workers() -> None:
    services = compose()["services"]
    assert "master-home:/home/locust" in services["master"]["volumes"]
    assert "--create-home locust" in DOCKERFILE
    assert "volumes" not in services["worker"]
    assert services["worker"]["environment"] == [VARIABLE]


def test_compose_mounts_the_test_where_the_image_works() -> None:
    (folder, _) = compose()["services"]["master"]["volumes"]
    place = re.search(r"^WORKDIR (\S+)$", DOCKERFILE.rsplit("FROM", 1)[1], re.MULTILINE)
    assert place is not None
    assert folder == f"${{TEST_FOLDER:-..}}:{place[1]}:ro"
    (named,) = [a for a in compose()["services"]["master"]["command"] if "--locustfile" in a]
    default = re.search(r":-(.*)\}", named)
    assert default is not None
    assert (ROOT / "examples" / default[1]).is_file()


def test_compose_and_commands_agree_on_workers() -> None:
    services = compose()["services"]
    count = services["worker"]["deploy"]["replicas"]
    assert f"--expect-workers={count}" in services["master"]["command"]
    assert f"--scale worker={count} worker" in PAGE


def test_page_names_only_options_that_exist() -> None:
    theirs = flags_in(
        "".join(re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
    )
    assert flags_in(PAGE) - theirs <= FLAGS


def test_port_ranges_are_the_kernels_and_ours() -> None:
    for text in PORTS.values():
        assert text in PAGE + (CHART / "values.yaml").read_text()
    wide = "1024 65535"
    assert values()["workers"]["sysctls"][0]["value"] == wide
    assert compose()["services"]["worker"]["sysctls"] == {"net.ipv4.ip_local_port_range": wide}


def test_source_addresses_of_the_page_are_calculated_right() -> None:
    rows = re.findall(r"^\| ([\d,]{6,}) \| (\d+) \| (\d+) \|$", PAGE, re.MULTILINE)
    assert len(rows) == 5
    for users, *addresses in rows:
        count = int(users.replace(",", ""))
        assert [int(a) for a in addresses] == [-(-count // ports) for ports in PORTS]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("kSilenceUntilLost", "no heartbeat for {}.0 s"),
        ("kDisconnectedUntilLost", "noticed after {} s when its machine lives"),
        ("kSilenceUntilOrphaned", "hears nothing from the master for {} s"),
        ("kReportInterval", "one report interval ({} s)"),
        ("kMaxWorkers", "| workers connected at a time | {:,} |"),
        ("kMaxOrders", "| messages waiting for one worker | {:,}, or 16 MiB |"),
    ],
)
def test_numbers_of_the_page_are_the_links(name: str, told: str) -> None:
    assert told.format(constant(name)) in PAGE


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("kMaxMessageBytes", "| one message on the wire | {} MiB |"),
        ("kMaxOrderBytes", "or {} MiB |"),
        ("kMaxQueueBytes", "| a worker's reports waiting for the master | {} MiB;"),
    ],
)
def test_sizes_of_the_page_are_the_links(name: str, told: str) -> None:
    assert told.format(constant(name) >> 20) in PAGE


def test_numbers_of_the_page_are_those_of_python() -> None:
    for told in (
        f"`busy` after {BUSY_AFTER_S:.0f} s, `stuck` after {STUCK_AFTER_S:.0f} s",
        f"| the locustfile bundle | {MOST_BYTES >> 20} MiB, {MOST_FILES:,} files |",
        f"| a message of a script (`send_message`) | {MOST_MESSAGE_BYTES >> 20} MiB |",
        f"`--worker-max-wait` ({DEFAULTS['worker_max_wait'] / 60:.0f} min)",
        f"| the web UI | {DEFAULTS['web_port']} at the master;",
        f"| port | {DEFAULTS['master_bind_port']};",
        f"listens on {DEFAULTS['master_bind_host']} until",
    ):
        assert told in PAGE
