"""Pages that list many things cost a fixed number of statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from tests.coding.conftest import Desk

from tumen.coding.services.entries import Entry, Evidence, NewParty


def statements(ask: Callable[[], Any]) -> int:
    """Count the statements of a page; what it asks of the newest change is its check that caches are fresh."""
    asked: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        if "MAX(seq)" not in sql:
            asked.append(sql)
        return execute(sql, *rest)

    ask()
    with connection.execute_wrapper(note):
        assert ask().status_code == 200
    return len(asked)


def record_an_act(desk: Desk) -> None:
    start, end = desk.span("beat her")
    values = {"type": "liberty.assault.beaten", "victim": NewParty("person", "female", "a woman"),
              "circumstances": ["detained"]}  # fmt: skip
    parts = {"tellings": [Entry({"evidence_form": "experience"})], "involvements": [Entry({"agency": "state.mss"})]}
    desk.record("act", values, parts=parts, evidence=[Evidence("", text=desk.text.pk, start=start, end=end)])


def test_ten_more_acts_ask_nothing_more_of_the_database(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.user)
    number = desk.source.pk
    pages = (reverse("changes"), reverse("coding:source", args=[number]), reverse("sources:detail", args=[number]),
             reverse("counting:list", args=["acts"]), "/")  # fmt: skip
    record_an_act(desk)
    before = {page: statements(lambda: client.get(page)) for page in pages}  # noqa: B023 (asked at once)
    for _ in range(10):
        record_an_act(desk)
    after = {page: statements(lambda: client.get(page)) for page in pages}  # noqa: B023
    assert after == before
    assert max(before.values()) < 90
