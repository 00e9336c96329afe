"""What a master costs that takes reports of 200 workers, 500 endpoints and 1,000,000 requests/s.

The workers are played by a second process over the real, encrypted link, so that the figures are
the master's alone: its CPU time and its memory.
Usage: master_load.py
"""

import json
import subprocess
from dataclasses import dataclass

import generators as g

PROGRAM = g.ROOT / "build" / "release" / "tests" / "cpp" / "master_load"
WORKERS, ENDPOINTS, REQUESTS_PER_S, SECONDS = 200, 500, 10, 20
CPU_MUST, CPU_GOAL, MEMORY_MUST_MIB = 20.0, 8.0, 256.0


@dataclass(frozen=True)
class Figures:
    """What the program measured."""

    cpu_percent: float
    memory_mib: float
    requests_per_s: float


def figures() -> Figures:
    command = [str(PROGRAM), *map(str, (WORKERS, ENDPOINTS, REQUESTS_PER_S, SECONDS))]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = json.loads(output)
    assert found["here"] == WORKERS, found
    share = found["requests_per_s"] / found["expected_requests_per_s"]
    assert 0.95 < share < 1.05, f"the reports of {share:.0%} of the requests were taken: {found}"
    return Figures(
        cpu_percent=found["cpu_share"] * 100,
        memory_mib=found["rss_bytes"] / 2**20,
        requests_per_s=found["requests_per_s"],
    )


if __name__ == "__main__":
    print(figures())
