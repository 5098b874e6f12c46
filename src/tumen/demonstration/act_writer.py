"""Writes the acts of a source: the sentence, the act as coded from it, and everything that hangs on the act."""

from __future__ import annotations

from collections.abc import Callable

from .cast_list import CastList
from .data_files import ActKind, act_kinds, codes, places
from .grammar import edtf, fill, when
from .hearing import AT_COUNTRY, AT_COUNTY, AT_PROVINCE, DENIES, NOWHERE, Heard
from .page import Page
from .registry import Registry
from .tellings import FORMS, Tellings
from .truth import FEMALE, GROUP, Truth
from .units import tree
from .world_acts import AGENCIES, PLACE_TYPES

_PRECISIONS = {AT_COUNTY: "county", AT_PROVINCE: "province", AT_COUNTRY: "country", NOWHERE: "unknown"}
_STANCES = ("supports", "contradicts", "denies")
_METHODS = {
    "beating": "hands", "stress_position": "posture", "standing": "sleep", "public_execution": "firearm",
    "summary_execution": "firearm", "death_no_food": "food", "death_no_treatment": "care", "food_denied": "food",
}  # fmt: skip
_CAUSES = {
    "V2": "left", "V5": "information", "V4": "left", "V3": "economic", "V6": "origin", "V1": "left",
}  # fmt: skip
_KIND_CAUSES = {
    "religious": "religion", "expression": "speech", "sale": "gain", "forced_prostitution": "gain",
    "forced_marriage": "gain", "banishment": "family", "det_camp": "family", "abduction": "family",
}  # fmt: skip
_PALERMO = {
    "sale": ("transfer", "payment", "vulnerability"),
    "forced_prostitution": ("receipt", "prostitution"),
    "forced_marriage": ("receipt", "marriage"),
}
_AFTER = {"V3": "dead", "repat_china": "returned", "repat_other": "returned", "banishment": "banished",
          "disappearance": "missing", "sale": "sold_on"}  # fmt: skip


class ActWriter:
    """Writes the act records of pages. `open` gives it the records of a chunk; `u` is the chunk's random numbers."""

    def __init__(self, truth: Truth, registry: Registry, cast: CastList) -> None:
        self._truth, self._registry, self._cast = truth, registry, cast
        self.u: Callable[[], float]
        self._codes = {name: codes(name) for name in (
            "place_type", "agency", "method", "cause", "palermo", "circumstance", "status_after", "evidence_form",
            "connection", "control", "exploitation", "transfer", "specificity", "precision", "degree", "stance",
        )}  # fmt: skip
        # By unit: the facility it is, as (kind of place, its names); None for units that are no facility.
        self._facility = [
            (PLACE_TYPES.index(unit.place_type), {"en": unit.en, "ko": unit.ko, "zh": unit.zh})
            if unit.place_type
            in ("mss", "camp", "kyohwaso", "collection", "training", "china_detention", "mps_station")
            else None
            for unit in tree().units
        ]

    def open(self, tellings: Tellings, first: int, last: int, heard: Heard) -> None:
        """Take up the records `first` to `last` of `tellings`, as they were heard."""
        acts, act = self._truth.acts, tellings.act[first:last]
        self._first, self._heard = first, heard
        self._act, self._form = act.tolist(), tellings.form[first:last].tolist()
        self._victim, self._true_kind = acts.victim[act].tolist(), acts.kind[act].tolist()
        self._place_type, self._agency = acts.place_type[act].tolist(), acts.agency[act].tolist()
        self._unit, self._incident = acts.unit[act].tolist(), acts.incident[act].tolist()
        self._perpetrator, self._buyer = acts.perpetrator[act].tolist(), acts.buyer[act].tolist()
        self._ordinal, self._price = acts.ordinal[act].tolist(), acts.price[act].tolist()

    def write(self, page: Page, begin: int, end: int) -> None:
        """Write the records `begin` to `end` of the tellings to the page."""
        before = -1
        for record in range(begin - self._first, end - self._first):
            if before >= 0 and self._victim[record] != before:
                page.gap("\n")
            before = self._victim[record]
            self._record(page, record)

    def _record(self, page: Page, at: int) -> None:
        heard, u = self._heard, self.u
        kind = act_kinds()[heard.kind[at]]
        interval = edtf(heard.precision[at], heard.year[at], heard.month[at], heard.day[at], heard.until[at])
        named_place = heard.place_precision[at] != NOWHERE
        place = places()[heard.place[at]] if named_place else None
        told = place.names[page.language.code] if place else None
        victim, perpetrator, buyer = self._victim[at], self._perpetrator[at], self._buyer[at]
        party, word, _ = self._cast.introduce(page, victim, u)
        doer = self._cast.introduce(page, perpetrator, u)[:2] if perpetrator >= 0 else None
        taker = self._cast.introduce(page, buyer, u)[:2] if buyer >= 0 else None

        passage = self._tell(page, at, kind, told, word, (doer and doer[1], taker and taker[1]))
        incident = self._incident_row(page, at, interval, place.code if place else None)
        episode = self._episode_row(page, at, kind, party)
        gaps, gap = {}, codes("gap")
        if interval is None:
            gaps["interval"] = gap["unknown"]
        if place is None:
            gaps["place"] = gap["unknown" if u() < 0.8 else "not_asked"]
        if heard.age[at] < 0:
            gaps["age"] = gap["unknown" if u() < 0.6 else "not_asked"]
        stays = kind.detention or kind.key in ("confinement", "forced_marriage", "forced_labour", "food_denied")
        repeated = kind.key in ("beating", "stress_position", "standing") and u() < 0.3
        times = 2 + int(u() * 4) if repeated else None
        code = self._codes
        cause = code["cause"][_KIND_CAUSES.get(kind.key, _CAUSES[kind.right])] if u() < 0.8 else None
        if cause is None:
            gaps["cause"] = gap["unknown"]
        after = _AFTER.get(kind.key) or _AFTER.get(kind.right)
        specificity = "continuing" if stays else "repeated" if repeated else "single"
        act = self._registry.add(
            "acts",
            (
                page.coding, incident, episode, party, kind.code, interval, told, place.code if place else None,
                code["precision"][_PRECISIONS[heard.place_precision[at]]],
                code["place_type"][PLACE_TYPES[self._place_type[at]]],
                code["specificity"][specificity], times, times and times + int(u() * 3),
                page.held.get(self._incident[at]) if not kind.detention else None,
                cause, heard.age[at] if heard.age[at] >= 0 else None, "korean" if heard.korean[at] else None,
                code["status_after"][after] if after else None, gaps or None,
            ),
        )  # fmt: skip
        self._registry.entities["acts"].append(self._act[at])
        if kind.detention:
            page.held[self._incident[at]] = act
        self._hang(page, at, act, kind, doer, taker, passage)
        anchor = self._registry.add
        anchor("anchors", ("acts", act, "type", passage))
        if interval is not None:
            anchor("anchors", ("acts", act, "interval", passage))
        if place is not None:
            anchor("anchors", ("acts", act, "place", passage))

    def _tell(
        self, page: Page, at: int, kind: ActKind, place: str | None, word: str, doers: tuple[str | None, str | None]
    ) -> int:
        """Write the sentence (and now and then a second one); returns its passage."""
        heard, u, words = self._heard, self.u, page.language
        code = words.code
        date = when(code, heard.precision[at], heard.year[at], heard.month[at], heard.day[at], heard.until[at])
        victim = self._victim[at]
        own = page.first_person and victim == page.teller
        unit = self._unit[at]
        place_type = self._place_type[at]
        facility = self._facility[unit] if unit >= 0 and u() < 0.5 else None
        fits = facility is not None and facility[0] == place_type
        where = facility[1][code] if facility and fits else words.place_types[PLACE_TYPES[place_type]]
        others, buyers = words.people[AGENCIES[self._agency[at]]], words.people["buyer"]
        slots = {
            "when": date,
            "b": doers[0] or others[int(u() * len(others))],
            "to": doers[1] or buyers[int(u() * len(buyers))],
            "pt": where,
        }
        if own:
            forms = words.selves[page.speech]
            slots["v"] = forms[""] if code == "ko" else forms["v"]
        else:
            slots["v"] = word
        if code == "ko":
            slots["where"] = f"{place}에서 " if place else ""
            slots["at"] = where if not place or where.startswith(place) else f"{place} {where}"
            slots |= page.endings
        elif code == "en":
            group = self._truth.persons.role[victim] == GROUP
            slots["where"] = f" in {place}" if place else ""
            slots["was"] = "were" if group else "was"
            slots["vo"], slots["vs"] = ("me", "my") if own else (word, f"{word}'s")
            slots["her"] = (
                "my" if own else "her" if self._truth.persons.sex[victim] == FEMALE and not group else "their"
            )
        else:
            slots["where"] = f"在{place}" if place else ""
            slots["there"] = f"在{place}，" if place else ""
            slots["at"] = f"在{place}的{where}" if place else f"在{where}"
        templates = words.acts[kind.key]
        if heard.stance[at] == DENIES:
            sentence = fill(words.about["denial"][0], slots)
        else:
            sentence = fill(templates[int(u() * len(templates))], slots)
        space = page.space
        if self._price[at] and u() < 0.6:
            self._priced = True
            slots["low"] = f"{self._price[at]:,}"
            sentence += space + fill(words.about["price"][0], slots)
        else:
            self._priced = False
        form = FORMS[self._form[at]]
        if form == "hearsay" or (form == "eyewitness" and u() < 0.12):
            sentence += space + fill(words.about[form][0], slots)
        if not date and u() < 0.4:
            sentence += space + fill(words.about["unknown_when"][0], slots)
        start, stop = page.write(sentence)
        page.gap(space)
        return self._registry.add("passages", (page.text, start, stop))

    def _incident_row(self, page: Page, at: int, interval: str | None, place: str | None) -> int:
        true = self._incident[at]
        row = page.incidents.get(true)
        if row is None:
            row = page.incidents[true] = self._registry.add("incidents", (page.coding, interval, place, None))
            self._registry.entities["incidents"].append(true)
        return row

    def _episode_row(self, page: Page, at: int, kind: ActKind, party: int) -> int | None:
        """The trafficking episode of the victim: sales, what followed from them, one for each person sold."""
        if kind.figure != "L3" and kind.key not in ("forced_marriage", "confinement"):
            return None
        victim = self._victim[at]
        if int(self._truth.persons.stratum[victim]) != 0:
            return None
        row = page.episodes.get(victim)
        if row is None:
            row = page.episodes[victim] = self._registry.add("episodes", (page.coding, party))
            self._registry.entities["episodes"].append(victim)
        return row

    def _hang(
        self,
        page: Page,
        at: int,
        act: int,
        kind: ActKind,
        doer: tuple[int, str] | None,
        taker: tuple[int, str] | None,
        passage: int,
    ) -> None:
        """Write what hangs on an act: involvements, the telling, the transfer, the marks."""
        add, u, code, heard = self._registry.add, self.u, self._codes, self._heard
        agency = code["agency"][AGENCIES[self._agency[at]]]
        unit = self._unit[at] if self._unit[at] >= 0 and u() < 0.7 else None
        if doer is not None or taker is None:
            known = None if doer is None else doer[0]
            add(
                "involvements",
                (act, known, unit, code["degree"]["ordered" if u() < 0.03 else "did"], agency, None, None),
            )
        if taker is not None:
            add("involvements", (act, taker[0], None, code["degree"]["did"], code["agency"]["buyers"], None, None))
        form, own = FORMS[self._form[at]], self._victim[at] == page.teller
        persons = self._truth.persons
        kin = int(persons.cluster[self._victim[at]]) == int(persons.cluster[page.teller]) >= 0
        inmate = kind.detention and form == "eyewitness"
        connection = (
            "victim" if own
            else "hearsay" if form in ("hearsay", "other")
            else "relative" if kin
            else "cellmate" if inmate
            else "witness"
        )  # fmt: skip
        chain = ("a neighbour",) if connection == "hearsay" and u() < 0.5 else ()
        credibility = "123456"[min(5, int((u() + u()) * 2.5) + (form == "hearsay"))]
        add(
            "tellings",
            ("acts", act, page.informant, code["connection"][connection], chain, code["evidence_form"][form],
             code["stance"][_STANCES[heard.stance[at]]], credibility),
        )  # fmt: skip
        if self._price[at]:
            self._transfer(at, act, doer, taker, passage)
        self._marks(at, act, kind)

    def _transfer(
        self, at: int, act: int, doer: tuple[int, str] | None, taker: tuple[int, str] | None, passage: int
    ) -> None:
        persons, known = self._truth.persons, places()
        victim = self._victim[at]
        # Where she was taken from is her home for a first sale; for a resale nobody says.
        origin = known[int(persons.home[victim])].code if self._ordinal[at] == 0 else None
        told = self._heard.place_precision[at] != NOWHERE
        to = known[self._heard.place[at]].code if told else None
        low = high = None
        if self._priced:
            low = self._price[at]
            high = low if self.u() < 0.7 else low + 1000
        row = self._registry.add(
            "transfers",
            (act, self._codes["transfer"]["resale" if self._ordinal[at] else "sale"], origin, to, doer and doer[0],
             taker and taker[0], low, high, "CNY" if low else None),
        )  # fmt: skip
        if low:
            self._registry.add("anchors", ("transfers", row, "price_low", passage))

    def _marks(self, at: int, act: int, kind: ActKind) -> None:
        add, code = self._registry.add, self._codes
        method = _METHODS.get(kind.key)
        if method:
            add("marks", ("acts", act, "methods", code["method"][method]))
        age = self._heard.age[at]
        if 0 <= age < 18:
            add("marks", ("acts", act, "circumstances", code["circumstance"]["minor"]))
        if kind.key == "forced_abortion":
            add("marks", ("acts", act, "circumstances", code["circumstance"]["pregnant"]))
        elif kind.country == "CN":
            add("marks", ("acts", act, "circumstances", code["circumstance"]["undocumented"]))
        elif kind.right == "V4" or kind.key in ("beating", "stress_position", "standing", "body_search"):
            add("marks", ("acts", act, "circumstances", code["circumstance"]["detained"]))
        for element in _PALERMO.get(kind.key, ()):
            add("marks", ("acts", act, "palermo", code["palermo"][element]))
        if kind.key == "forced_marriage" or kind.key == "sale":
            add("marks", ("acts", act, "exploitation", code["exploitation"]["marriage"]))
        elif kind.key == "forced_prostitution":
            add("marks", ("acts", act, "exploitation", code["exploitation"]["prostitution"]))
        elif kind.key == "confinement":
            add("marks", ("acts", act, "control", code["control"]["locked"]))
