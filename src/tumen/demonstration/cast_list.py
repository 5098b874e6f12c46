"""Parties as a source has them: who is named, how the name is written, what is said about the person, what is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from . import names
from .data_files import codes, places
from .hearing import civil
from .page import Page
from .registry import Registry
from .truth import FEMALE, GROUP, PERPETRATOR, VICTIM, WITNESS, Truth
from .world_people import CATEGORIES, FATES

_PROFILES = 211
_SCRIPTS = {"ko": "Hang", "en": "Latn", "zh": "Hani"}
_STYLES = ("dprk", "dprk", "dprk", "adhoc", "adhoc", "rr", "mr", "pinyin")


class CastList:
    """Writes party and name rows for the persons a source speaks of."""

    def __init__(self, truth: Truth, registry: Registry) -> None:
        self._persons, self._noise, self._registry = truth.persons, truth.noise, registry
        rng = np.random.default_rng([truth.seed, 3])
        self._profiles = [
            tuple(
                str(rng.choice(list(codes(kind).values())))
                for kind in ("occupation", "education", "religion", "marital")
            )
            for _ in range(_PROFILES)
        ]
        self._sexes = (codes("sex")["female"], codes("sex")["male"])
        self._fates = [codes("fate")[word] for word in FATES]

    def introduce(self, page: Page, person: int, u: Callable[[], float]) -> tuple[int, str, bool]:
        """The party of `person` in this source: (party, the word the text has for her, whether that is a name)."""
        known = page.parties.get(person)
        if known is None:
            known = page.parties[person] = self._party(page, person, u)
        return known

    def _party(self, page: Page, person: int, u: Callable[[], float]) -> tuple[int, str, bool]:
        persons, registry = self._persons, self._registry
        role = int(persons.role[person])
        is_teller = person == page.teller
        named = self._named(role, is_teller, u())
        word, features = "", None
        if not named:
            word = features = self._description(page, person, role, u())
        row = self._row(page, person, role, is_teller, features, u)
        party = registry.add("parties", row)
        registry.entities["parties"].append(person)
        if named:
            word = self._names(page, person, party, is_teller, u)
        return party, word, named

    def _named(self, role: int, is_teller: bool, u: float) -> bool:
        if role == GROUP:
            return False
        if role == PERPETRATOR:
            return u < self._noise.perpetrator_named
        return is_teller or u < self._noise.victim_named

    def _description(self, page: Page, person: int, role: int, u: float) -> str:
        persons, people = self._persons, page.language.people
        if role == GROUP:
            options = people["group"]
        elif role == PERPETRATOR:
            options = people[CATEGORIES[int(persons.category[person])]]
            # The same guard has the same scar in every source.
            return options[person % len(options)] if u < 0.8 else options[int(u * 97) % len(options)]
        elif not persons.sex_known[person]:
            options = people["person"]
        else:
            options = people["woman" if persons.sex[person] == FEMALE else "man"]
        return options[int(u * 7919) % len(options)]

    def _row(
        self, page: Page, person: int, role: int, is_teller: bool, features: str | None, u: Callable[[], float]
    ) -> tuple[object, ...]:
        persons, noise = self._persons, self._noise
        if role == GROUP:
            low = 2 + int(u() * 20)
            blank = (None,) * 8
            return (
                page.coding,
                codes("party_kind")["group"],
                None,
                *blank,
                None,
                None,
                low,
                low + int(u() * 15),
                features,
                None,
                None,
            )
        home = places()[int(persons.home[person])].code
        profile = self._profiles[(person * 7919) % _PROFILES]
        fields = ("occupation", "education", "religion", "marital_status")
        gaps: dict[str, str] = {}
        gap = codes("gap")
        values: list[str | None] = []
        for name, value in zip(fields, profile, strict=True):
            missing = u()
            if missing < noise.not_asked:
                gaps[name] = gap["not_asked"]
            elif missing < noise.not_asked + noise.refused:
                gaps[name] = gap["refused"]
            elif not is_teller and missing < noise.not_asked + noise.refused + noise.unknown:
                gaps[name] = gap["unknown"]
            values.append(None if name in gaps else value)
        birth = self._birth(person, is_teller, u)
        if birth is None:
            gaps["birth"] = gap["unknown"]
        sex = self._sexes[int(persons.sex[person])] if persons.sex_known[person] else None
        if sex is None:
            gaps["sex"] = gap["unknown"]
        local = role in (VICTIM, WITNESS)
        fate = self._fates[int(persons.fate[person])] if role == VICTIM else None
        as_of = page.collected if fate else None
        return (
            page.coding, codes("party_kind")["person"], sex, birth, home if is_teller else None,
            home if local else None, home if local else None, *values,
            fate, as_of, None, None, features, None, gaps or None,
        )  # fmt: skip

    def _birth(self, person: int, is_teller: bool, u: Callable[[], float]) -> str | None:
        """The birth year as told, in EDTF: a teller knows her own."""
        year = int(civil(self._persons.born[person : person + 1])[0][0])
        if is_teller:
            return f"{year:04d}"
        draw = u()
        if draw >= self._noise.birth_year_known:
            return None
        if u() < self._noise.wrong_birth_year:
            year += 1 if u() < 0.5 else -2
        return f"{year:04d}" if draw < self._noise.birth_year_known * 0.7 else f"{year:04d}~"

    def _names(self, page: Page, person: int, party: int, is_teller: bool, u: Callable[[], float]) -> str:
        """Write the name rows; returns the spelling the text uses."""
        persons, noise, registry = self._persons, self._noise, self._registry
        surname, given1, given2 = (int(a[person]) for a in (persons.surname, persons.given1, persons.given2))
        chinese = bool(persons.chinese[person])
        kind = codes("name_kind")["used"]
        if is_teller and u() < noise.pseudonym:
            given1, kind = names.other_given(given1, given2, chinese), codes("name_kind")["pseudonym"]
        elif is_teller:
            kind = codes("name_kind")["birth"]
        if u() < noise.syllable_lost:
            given2 = -1
        code = page.language.code
        if code == "ko":
            word = names.hangul(surname, given1, given2, chinese, page.source % 5 == 0)
            if u() < noise.misheard:
                word = names.mishear(word)
        elif code == "zh":
            word = names.hanja(surname, given1, given2, chinese, True)
        else:
            style = _STYLES[page.source % len(_STYLES)]
            word = names.latin(surname, given1, given2, chinese, style, u() < noise.given_name_first)
        registry.add("names", (party, word, _SCRIPTS[code], kind))
        if u() < noise.second_spelling:
            if code == "ko":
                second, script = names.hanja(surname, given1, given2, chinese, False), "Hani"
                if page.kind in ("memoir", "letter"):
                    word = f"{word}({second})"
            elif code == "zh":
                second, script = names.latin(surname, given1, given2, chinese, "pinyin"), "Latn"
            else:
                second, script = names.hangul(surname, given1, given2, chinese), "Hang"
            registry.add("names", (party, second, script, kind))
        return word
