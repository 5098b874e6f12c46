"""Interviews and what tellers agreed to, drawn from a stream of their own so that nothing else depends on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .data_files import toml
from .page import Page
from .registry import Registry, floats

INTERVIEWED = ("interview", "questionnaire")
PRINTED = ("memoir", "article", "press_release", "broadcast", "translated")
CHANNELS = {"centre": "census", "snowball": "snowball", "partner": "introduced"}
_PLACES = {"centre": "reception", "snowball": "office", "partner": "shelter"}
_EVERY = ("*",)


@dataclass(frozen=True)
class Form:
    """One version of a consent form: its words, its questions, and how often each is answered with yes."""

    code: str
    since: str
    language: str
    title: str
    text: str
    questions: tuple[dict[str, Any], ...]
    legacy: bool


def forms() -> tuple[Form, ...]:
    """The forms of the demonstration, the oldest first."""
    return tuple(
        Form(each["code"], each["since"], each["language"], each["title"], each["text"],
             tuple(each.get("question", ())), each.get("legacy", False))
        for each in toml("consents.toml")["form"]
    )  # fmt: skip


def reading() -> dict[str, Any]:
    """How the legacy form is read: its code, the reason, the answers."""
    found: dict[str, Any] = toml("consents.toml")["reading"]
    return found


class Interviewer:
    """Writes the interview of a source and the decisions about it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._forms, self._shares = forms(), toml("consents.toml")["shares"]

    def begin(self, seed: int, chunk: int) -> None:
        """Draw from the stream of a chunk from now on."""
        self._u = floats(np.random.default_rng([seed, 5, chunk]))

    def write(self, page: Page, listed: str) -> None:
        """Write what a source that is written otherwise has beside it."""
        if page.kind in INTERVIEWED:
            minutes = 30 + 15 * int(self._u() * 12)
            self._registry.add(
                "interviews",
                (page.coding, page.informant, page.collected, CHANNELS.get(listed, "herself"),
                 _PLACES.get(listed, "remote"), page.language.code, minutes),
            )  # fmt: skip
            self._decisions(page)
        elif page.kind in PRINTED and self._u() < self._shares["public_source"]:
            self._decide(page, None, (("public", _EVERY, _EVERY, "narrative"),), page.collected)

    def _decisions(self, page: Page) -> None:
        u, shares, year = self._u, self._shares, int(page.collected[:4])
        asked_since = next((n for n in (2, 1) if page.collected >= self._forms[n].since), None)
        if u() < shares["unsigned_before_2012" if asked_since is None else "unsigned_since_2012"]:
            return
        if asked_since is None:
            self._decide(page, None, (("legacy", _EVERY, _EVERY, "aggregate"),), page.collected, form=0)
            return
        answers = tuple(
            ("given" if u() < question["given"] else "refused", tuple(question["purposes"]),
             tuple(question["audiences"]), question["grain"])
            for question in self._forms[asked_since].questions
        )  # fmt: skip
        fate = u()
        ends = f"{year + 5}{page.collected[4:8]}01" if fate < shares["expires"] else None
        starts = f"{year + 3}{page.collected[4:8]}01" if 1 - fate < shares["embargoed"] else None
        self._decide(page, None, answers, page.collected, form=asked_since, starts=starts, ends=ends)
        if u() < shares["withdrawn"]:
            later = f"{min(year + 1, 2024)}-12-28"
            self._decide(page, None, (("withdrawn", _EVERY, _EVERY, "aggregate"),), later)
        others = [party for party, _word, _named in page.parties.values() if party != page.informant]
        if others and u() < shares["subject"]:
            state = "given" if u() < shares["subject_given"] else "refused"
            own = tuple((state, *answer[1:]) for answer in answers)
            self._decide(page, others[int(u() * len(others))], own, page.collected, form=asked_since)

    def _decide(
        self, page: Page, subject: int | None, answers: tuple[Any, ...], on: str, form: int | None = None,
        starts: str | None = None, ends: str | None = None,
    ) -> None:  # fmt: skip
        self._registry.add("consents", (page.source, subject, form, answers, on, starts, ends))
