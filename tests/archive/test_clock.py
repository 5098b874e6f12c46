"""A clock that is wrong: the order of changes is sure, and what was known on a day stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from tests.archive import making

from tumen.archive import check, clock, folder, jobs, versions
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.models import Change, Job
from tumen.coding.services import drafts
from tumen.counting.queries import asking
from tumen.guard.models import Compartment

SetClock = Callable[[str], None]


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    def set_to(day: str) -> None:
        moment = datetime.fromisoformat(day).replace(tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def work(count: int) -> int:
    """Make some changes and return the newest."""
    for _ in range(count):
        with change(1, "work") as c:
            c.insert(Compartment, code=f"c{c.seq}", title="Part")
    return versions.newest()


def known_on(day: str) -> int:
    return asking.known_on(date.fromisoformat(day))


def test_an_hour_in_1970_moves_nothing_out_of_its_year(archive: folder.Archive, set_clock: SetClock) -> None:
    set_clock("2026-03-01")
    first = work(10)
    set_clock("1970-01-01")
    strange = work(3)
    set_clock("2026-03-02")
    last = work(5)
    assert [known_on(day) for day in ("1970-01-02", "2025-01-01", "2026-02-28")] == [0, 0, 0]
    # What was done in that hour came after the tenth change, whatever the clock said.
    assert known_on("2026-03-01") == strange > first
    assert known_on("2026-03-02") == last


def test_an_hour_years_ahead_hides_nothing_that_came_after_it(archive: folder.Archive, set_clock: SetClock) -> None:
    set_clock("2026-03-01")
    work(10)
    set_clock("2031-01-01")
    strange = work(3)
    set_clock("2026-03-02")
    last = work(5)
    assert known_on("2026-03-01") == strange
    assert known_on("2026-03-02") == known_on("2030-01-01") == known_on("2032-01-01") == last


def test_dates_stay_as_the_clock_said_them(archive: folder.Archive, set_clock: SetClock) -> None:
    for day in ("2026-03-01", "2031-01-01", "2026-03-02"):
        set_clock(day)
        work(1)
    told = [f"{at:%Y-%m-%d}" for at in Change.objects.order_by("seq").values_list("at", flat=True)]
    assert told == ["2026-03-01", "2031-01-01", "2026-03-02"]
    assert list(check.run(deep=True)) == []


def test_check_says_that_the_clock_went_back_or_is_behind(archive: folder.Archive, set_clock: SetClock) -> None:
    set_clock("2026-03-02")
    work(1)
    assert check.steps_back() == ""
    set_clock("2026-03-01")
    assert "clock says 2026-03-01 00:00 UTC, and the newest change is dated 2026-03-02 00:00" in check.steps_back()
    work(1)
    assert "went back 1 times" in check.steps_back()


def test_undo_bulk_work_jobs_and_drafts_do_not_mind(archive: folder.Archive, set_clock: SetClock) -> None:
    from tumen.archive import undo

    set_clock("2031-01-01")
    party = making.party(sex="f")
    drafts.keep(1, party.coding.source_id, "act-new-1", {"summary": ["ahead"]})
    jobs.job("tick")(lambda run: run.progress(1, 2, cursor={"at": 1}))
    waiting = jobs.enqueue("tick", 1)
    bulk = open_bulk(1, "ahead")
    bulk.insert(Compartment, ("code", "title"), [(bulk.ids(1), "bulk", "Part")])
    set_clock("1999-01-01")
    with change(1, "edit") as c:
        c.update(party, sex="m")
    undo.undo(1, versions.newest())
    bulk.close()
    undo.undo_batch(1, bulk.batch.pk)
    drafts.keep(1, party.coding.source_id, "act-new-1", {"summary": ["behind"]})
    assert drafts.take(1, party.coding.source_id, "act-new-1") == {"summary": ["behind"]}
    assert jobs.run_next()
    assert Job.objects.get(pk=waiting.pk).state == Job.State.DONE
    assert [version.number for version in versions.history(type(party).objects.get(pk=party.pk))] == [3, 2, 1]
    assert list(check.run(deep=True)) == []


START = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.lists(st.integers(0, 30), max_size=40))
def test_the_run_that_is_believed_is_in_order_and_none_is_longer(days: list[int]) -> None:
    dates = [START + timedelta(days=day) for day in days]
    run = clock.in_order(dates)
    assert run == sorted(set(run))
    assert [dates[place] for place in run] == sorted(dates[place] for place in run)
    longest = [1] * len(days)
    for n, day in enumerate(days):
        longest[n] = 1 + max((longest[m] for m in range(n) if days[m] <= day), default=0)
    assert len(run) == max(longest, default=0)


@given(st.lists(st.integers(0, 30), max_size=40))
def test_a_right_clock_is_believed_throughout(days: list[int]) -> None:
    dates = [START + timedelta(days=day) for day in sorted(days)]
    assert clock.in_order(dates) == list(range(len(days)))
