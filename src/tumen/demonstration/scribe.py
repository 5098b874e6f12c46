"""Writes sources: for each, its text and the records coded from it, chunk by chunk."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from .act_writer import ActWriter
from .capture import LISTS
from .cast_list import CastList
from .data_files import act_kinds, codes, places, topics
from .grammar import Template, fill, language, when
from .hearing import MONTH, YEAR, civil, hear
from .interviewing import Interviewer
from .page import Page
from .registry import Registry, floats
from .rows import Chunk
from .tellings import LANGUAGES, SOURCE_KINDS, Tellings
from .truth import PERPETRATOR, VICTIM, Truth
from .world_people import CATEGORIES

CHUNK = 1024
"""Sources in a chunk. Each chunk draws from its own stream, so this number is part of what makes an archive."""
_IN_PERSON = ("interview", "memoir", "letter", "questionnaire")
_SPOKEN = ("interview", "questionnaire", "letter", "broadcast")
_RENDITIONS = {"interview": "transcript", "broadcast": "transcript", "translated": "translation"}
_NEVER = 10**6
_EVENTS = ("crossing", "marriage", "birth", "return", "arrival")


class Scribe:
    """Writes an archive's chunks in order; each call of `chunk` continues the indexes of the one before."""

    def __init__(self, truth: Truth, tellings: Tellings) -> None:
        self._truth, self._tellings = truth, tellings
        self._registry = Registry()
        self._told_by_self = (
            codes("connection")["victim"], (), codes("evidence_form")["experience"], codes("stance")["supports"],
        )  # fmt: skip
        self._last = np.zeros(len(truth.persons.role), dtype=np.int32)
        np.maximum.at(self._last, truth.acts.victim, truth.acts.day + truth.acts.days)
        caught = np.array([kind.stage >= 3 for kind in act_kinds()])[truth.acts.kind]
        self._caught = np.full(len(truth.persons.role), _NEVER, dtype=np.int32)
        np.minimum.at(self._caught, truth.acts.victim[caught], truth.acts.day[caught])
        self._cast = CastList(truth, self._registry)
        self._acts = ActWriter(truth, self._registry, self._cast)
        self._interviewer = Interviewer(self._registry)
        self._named = {place.code: place.names for place in places()}
        self._practice = [kind for kind in act_kinds() if kind.key in language("en").practice]

    def chunk(self, number: int) -> Chunk:
        """Write the sources of chunk `number`."""
        tellings = self._tellings
        low, high = number * CHUNK, min((number + 1) * CHUNK, len(tellings.kind))
        rng = np.random.default_rng([self._truth.seed, 4, number])
        first, last = int(tellings.begin[low]), int(tellings.begin[high])
        self._acts.open(tellings, first, last, hear(self._truth, tellings, first, last, rng))
        self._u = self._acts.u = floats(rng)
        self._interviewer.begin(self._truth.seed, number)
        bounds = tellings.begin[low : high + 1].tolist()
        years, months, days = civil(tellings.collected[low:high])
        dates = zip(years.tolist(), months.tolist(), days.tolist(), strict=True)
        for source, (begin, end), date in zip(range(low, high), pairwise(bounds), dates, strict=True):
            self._source(source, begin, end, "{:04d}-{:02d}-{:02d}".format(*date))
        return self._registry.close()

    def _source(self, source: int, begin: int, end: int, collected: str) -> None:
        tellings, registry, u = self._tellings, self._registry, self._u
        kind, listed = SOURCE_KINDS[int(tellings.kind[source])], LISTS[int(tellings.listed[source])]
        words = language(LANGUAGES[int(tellings.language[source])])
        title = f"{words.titles[kind]} {source + 1}"
        printed = kind in ("article", "broadcast", "press_release")
        publisher = words.organisations[int(u() * 3)] if printed else None
        collector = None if printed or kind == "memoir" else f"Collector {1 + int(u() * 30)}"
        row = registry.add(
            "sources",
            (codes("source_kind")[kind], title, publisher, words.code, collected, listed.key, listed.name, collector,
             "ABCDEF"[min(5, int(abs(u() + u() - 0.7) * 5))], self._cited(printed)),
        )  # fmt: skip
        registry.add("identifiers", ("sources", row, "demonstration", f"DEMO-{source + 1:06d}"))
        coding = registry.add("codings", (row, f"Coder {1 + int(u() * 12)}", True))
        teller = int(tellings.teller[source])
        page = Page(
            source=row,
            coding=coding,
            text=row,  # one text to a source
            kind=kind,
            collected=collected,
            language=words,
            speech=kind in _SPOKEN,
            teller=teller,
            first_person=kind in _IN_PERSON,
        )
        page.write(f"{words.notice}\n{title}\n\n")
        self._introduction(page)
        self._acts.write(page, begin, end)
        self._further(page)
        self._interviewer.write(page, listed.key)
        registry.add("texts", (row, _RENDITIONS.get(kind, "text"), words.code, page.body()))

    def _cited(self, printed: bool) -> int | None:
        """The earlier source a printed one cites, for one in six of them."""
        before = self._registry.count("sources")
        return int(self._u() * before) if printed and before and self._u() < 1 / 6 else None

    def _sentence(self, page: Page, template: Template, slots: dict[str, str]) -> int:
        """Write one sentence as a passage; returns the passage."""
        start, stop = page.write(fill(template, page.endings | slots))
        page.gap(page.space)
        return self._registry.add("passages", (page.text, start, stop))

    def _about(self, page: Page, key: str, slots: dict[str, str]) -> int:
        templates = page.language.about[key]
        return self._sentence(page, templates[int(self._u() * len(templates))], slots)

    def _introduction(self, page: Page) -> None:
        """Who tells: the teller, and for somebody who crossed the way through China."""
        persons, registry, u = self._truth.persons, self._registry, self._u
        party, name, _ = self._cast.introduce(page, page.teller, u)
        page.informant = party
        code = page.language.code
        me = page.language.selves[page.speech]
        self_word = me[""] if code == "ko" else me["v"]
        word = self_word if page.first_person else name
        told_by = page.language.about["told_by"]
        page.write(fill(told_by[int(u() * len(told_by))], page.endings | {"v": name}) + "\n")
        year = int(civil(persons.born[page.teller : page.teller + 1])[0][0])
        home = places()[int(persons.home[page.teller])].names[code]
        dated = u() < 0.6
        slots = {"v": word, "was": "was", "home": home, "year": str(year)}
        passage = self._sentence(page, page.language.about["born" if dated else "from"][0], slots)
        if dated:
            registry.add("anchors", ("parties", party, "birth", passage))
        registry.add("anchors", ("parties", party, "birthplace", passage))
        if int(persons.role[page.teller]) == VICTIM and int(persons.stratum[page.teller]) < 2:
            self._journey(page, party, word, home)
        if u() < 0.06:
            registry.add(
                "identifiers", ("parties", party, "demonstration file", f"F-{(page.teller * 7919) % 999_983:06d}")
            )
        page.gap("\n")

    def _journey(self, page: Page, party: int, word: str, home: str) -> None:
        """The life events of somebody who crossed: the crossing, a household and a child in China, the arrival."""
        persons, registry, u = self._truth.persons, self._registry, self._u
        teller = page.teller
        begun = int(persons.story[teller])
        start, abroad = places()[int(persons.home[teller])].code, places()[int(persons.abroad[teller])].code
        woman, trafficked = persons.sex[teller] == 0, persons.stratum[teller] == 0
        # What happened is fixed by the person, so that two sources tell of the same life: a household in China lasts
        # until she is caught, and she arrives after all of it.
        last, collected = int(self._last[teller]), int(self._tellings.collected[page.source])
        married, gave_birth = begun + 40 + teller % 60, begun + 340 + teller % 400
        household = bool(trafficked) and teller % 5 < 3 and married < self._caught[teller]
        child = household and bool(woman) and teller % 5 < 2 and gave_birth < self._caught[teller]
        arrived = max(last, gave_birth if child else begun) + 200 + teller % 400
        happened = {
            "crossing": begun - 20,
            "marriage": married if household else _NEVER,
            "birth": gave_birth if child else _NEVER,
            "return": _NEVER if trafficked else last + 1,
            "arrival": arrived,
        }
        for sequence, (event, on) in enumerate(happened.items()):
            if on >= collected or u() < 0.25:
                continue
            year, month, _ = (int(part[0]) for part in civil(np.array([on], dtype=np.int32)))
            precise = MONTH if u() < 0.5 else YEAR
            slots = {
                "when": when(page.language.code, precise, year, month, 1, None),
                "v": word,
                "was": "was",
                "home": home,
            }
            passage = self._about(page, event, slots)
            interval = f"{year:04d}-{month:02d}" if precise == MONTH else f"{year:04d}"
            begins, ends = {"crossing": (start, abroad), "return": (None, start), "arrival": (abroad, "KR")}.get(
                event, (None, abroad)
            )
            code = codes("life_event")[event]
            row = registry.add("life_events", (page.coding, party, code, begins, ends, interval, sequence + 1))
            registry.entities["life_events"].append(teller * 8 + _EVENTS.index(event))
            registry.add("tellings", ("life_events", row, party, *self._told_by_self, "2"))
            registry.add("anchors", ("life_events", row, "interval", passage))

    def _further(self, page: Page) -> None:
        """What a source says beside acts: how things were done, others it names, figures, words quoted."""
        tellings, registry, u = self._tellings, self._registry, self._u
        page.gap("\n")
        source = page.source
        for extra in (int(tellings.second[source]), int(tellings.bystander[source])):
            if extra >= 0 and extra not in page.parties:
                party, word, _ = self._cast.introduce(page, extra, u)
                home = places()[int(self._truth.persons.home[extra])].names[page.language.code]
                passage = self._about(page, "home", {"v": word, "home": home})
                kind = codes("relation")["helper" if extra == int(tellings.bystander[source]) else "neighbour"]
                row = registry.add("relations", (page.coding, page.informant, party, kind, None, None, None, None))
                registry.add("anchors", ("relations", row, "other", passage))
        if u() < 0.2:
            kind_of = self._practice[int(u() * len(self._practice))]
            template = page.language.practice[kind_of.key][0]
            passage = self._sentence(page, template, {})
            summary = page.pieces[-2]
            row = registry.add("practice_statements", (page.coding, kind_of.code, None, None, summary))
            registry.add("anchors", ("practice_statements", row, "summary", passage))
        if page.kind in ("article", "memoir", "press_release") and u() < 0.4:
            self._figure(page)
        if u() < (0.6 if page.kind == "article" else 0.04):
            speaker, word, _ = page.parties[page.teller]
            templates = page.language.quotation
            passage = self._sentence(page, templates[int(u() * len(templates))], {"v": word})
            row = registry.add("quotations", (page.coding, speaker, codes("role")["teller"], ()))
            registry.add("anchors", ("quotations", row, "speaker", passage))
        self._relations(page)
        if u() < 0.3:
            closing = page.language.about["closing"]
            page.write(fill(closing[int(u() * len(closing))], page.endings))

    def _figure(self, page: Page) -> None:
        registry, u, organisations = self._registry, self._u, page.language.organisations
        # By the source's number, so that several sources speak of one population in one year, and differ.
        topic = topics()[page.source % len(topics())]
        place = topic.places[page.source // 7 % len(topic.places)]
        year = str(1999 + page.source % 5 * 4)
        low = topic.base + int(u() * 12) * topic.step
        high = low + (1 + int(u() * 8)) * topic.step
        said, via = int(u() * 3), int(u() * 3)
        slots = {
            "org": organisations[said],
            "via": organisations[(said + 1 + via % 2) % 3],
            "low": f"{low:,}",
            "high": f"{high:,}",
            "place": self._named[place][page.language.code],
            "year": year,
        }
        passage = self._sentence(page, page.language.figure[topic.key], slots)
        row = registry.add(
            "figures",
            (page.coding, low, high, codes("figure_unit")["persons"], topic.counted, topic.population, place, year,
             codes("qualifier")["between"], slots["org"], (slots["via"], slots["org"])),
        )  # fmt: skip
        for field in ("low", "place", "period"):
            registry.add("anchors", ("figures", row, field, passage))

    def _relations(self, page: Page) -> None:
        """Kin, crossing companions, brokers and cellmates of the teller among those the source speaks of."""
        persons, registry = self._truth.persons, self._registry
        teller = page.teller
        home, crossed = int(persons.cluster[teller]), int(persons.stratum[teller]) in (0, 1)
        for person, (party, _, _) in page.parties.items():
            if person == teller:
                continue
            role, kind = int(persons.role[person]), ""
            if role == VICTIM and home >= 0 and int(persons.cluster[person]) == home:
                kind = "companion" if crossed else "kin"
            elif role == VICTIM and crossed and person % 9 == 0:
                kind = "cellmate"
            elif role == PERPETRATOR and CATEGORIES[int(persons.category[person])] == "broker" and crossed:
                kind = "broker"
            if kind:
                code = codes("relation")[kind]
                registry.add("relations", (page.coding, party, page.informant, code, None, None, None, None))
