"""The equation between rows and exchanges."""

from types import SimpleNamespace

from locust_like.stats.accounting import Accounting, account
from locust_like.stats.view import RequestStats


def test_terms_come_from_the_total(fake_core: SimpleNamespace) -> None:
    total = fake_core.Entry(
        times_ms=[1.0] * 4,
        num_cancelled=1,
        exchanges=9,
        hops=3,
        challenges=1,
        retries=2,
        never_sent=2,
    )
    stats = RequestStats(
        recorder=fake_core.Recorder(fake_core.Snapshot(entries=[total], total=total))
    )
    assert account(stats) == Accounting(9, 5, 3, 1, 2, 2, 0)
    assert account(stats).difference == 0


def test_rows_that_scripts_report_are_no_calls(fake_core: SimpleNamespace) -> None:
    called = fake_core.Entry("GET", "/", [1.0, 1.0], exchanges=2)
    refused = fake_core.Entry("GET", "/refused", [1.0], never_sent=1)
    reported = fake_core.Entry("SQL", "select", [1.0, 1.0, 1.0])
    total = fake_core.Entry("", "Aggregated", [1.0] * 6, exchanges=2, never_sent=1)
    snapshot = fake_core.Snapshot(entries=[called, refused, reported], total=total)
    terms = account(RequestStats(recorder=fake_core.Recorder(snapshot)))
    assert (terms.calls, terms.by_scripts, terms.difference) == (3, 3, 0)


def test_a_lost_exchange_is_a_difference(fake_core: SimpleNamespace) -> None:
    total = fake_core.Entry(times_ms=[1.0] * 4, exchanges=3)
    stats = RequestStats(
        recorder=fake_core.Recorder(fake_core.Snapshot(entries=[total], total=total))
    )
    assert account(stats).difference == -1
