"""Use of CPU and memory."""

from locust_like.runtime.usage import UsageMeter, memory_bytes


def test_the_share_is_cpu_time_over_wall_time_since_the_last_look() -> None:
    wall, cpu = iter([0.0, 10.0, 12.0, 12.0]), iter([1.0, 6.0, 8.0, 8.0])
    meter = UsageMeter(wall.__next__, cpu.__next__)
    assert [meter.cpu_percent() for _ in range(3)] == [50.0, 100.0, 0.0]


def test_memory_is_what_this_process_has() -> None:
    before = memory_bytes()
    ballast = bytearray(b"x" * (64 << 20))
    assert memory_bytes() - before > len(ballast) // 2
