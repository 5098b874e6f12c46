"""What the coding page of one source shows: its texts, its passages, its claims."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.models import Identifier
from tumen.coding import reference
from tumen.coding.kinds import WHOLE, Kind
from tumen.coding.models import Coding, FieldNote, Involvement, Name, Telling, Transfer
from tumen.coding.queries import labels, values
from tumen.coding.services.entries import evidence_of
from tumen.columns import Mask
from tumen.guard import reading
from tumen.sources import queries as sources
from tumen.sources.models import Passage, Source, Text


@dataclass
class Card:
    """One claim in the list beside the text."""

    kind: Kind
    record: Any
    title: str
    about: list[str] = field(default_factory=list)
    who: labels.Called | None = None
    passages: list[Passage] = field(default_factory=list)
    words: str = ""
    notes: int = 0

    @property
    def passage_ids(self) -> str:
        """The ids that light up with the card."""
        return " ".join(str(passage.pk) for passage in self.passages)


@dataclass
class Tab:
    """One rendition of the text."""

    text: Text
    label: str
    is_current: bool


@dataclass
class Page:
    """Where a page of a PDF begins."""

    number: int
    start: int


def renditions(source: Source, current: Text | None) -> list[Tab]:
    """Return the renditions of a source as tabs, the newest of each kind first."""
    names = {
        Text.Rendition.READ: _("As read"),
        Text.Rendition.TRANSCRIPT: _("Transcript"),
        Text.Rendition.TRANSLATION: _("Translation"),
        Text.Rendition.OCR: _("Recognised"),
        Text.Rendition.REDACTED: _("Redacted"),
    }
    tabs = []
    for text in sources.texts(source):
        number = f" {text.number}" if text.number > 1 else ""
        language = f" ({reference.label('language', text.language)})" if text.language else ""
        label = f"{names[Text.Rendition(text.rendition)]}{number}{language}"
        tabs.append(Tab(text, label, current is not None and text.pk == current.pk))
    return tabs


def body_parts(text: Text, shown: reading.Shown) -> list[tuple[Page | None, str]]:
    """Return the body cut where pages begin; joined again the pieces are what is shown of it, exactly."""
    body = shown.text
    starts = sorted({start for page in text.pages if 0 <= (start := shown.place(page, page)[0]) < len(body)})
    if len(starts) < 2:
        return [(None, body)]
    edges = [0, *[start for start in starts if start > 0], len(body)]
    return [(Page(number, start), body[start:end]) for number, (start, end) in enumerate(pairwise(edges), start=1)]


def cards(
    coding: Coding | None, names: labels.Labels, text: Text | None = None, body: reading.Shown = reading.EMPTY
) -> list[tuple[Kind, list[Card]]]:
    """Return the claims of a coding by kind, in the order of their passages; `body` lets them quote `text`."""
    if coding is None:
        return []
    rows = {kind: list(versions.visible(_manager(kind).filter(coding=coding.pk))) for kind in WHOLE}
    every = [row for listed in rows.values() for row in listed]
    wholes = _wholes(coding, (row.pk for row in every))
    anchored, notes = _anchored(wholes), _notes(wholes)
    details = _Details(coding, names)
    found = []
    for kind, listed in rows.items():
        made = [
            Card(
                kind,
                row,
                names.title(row),
                details.of(kind, row),
                _who(kind, row, names),
                anchored[row.pk],
                notes=notes[row.pk],
            )
            for row in listed
        ]
        for card in made:
            if kind.slug in ("quotation", "practice-statement") and card.passages and text is not None:
                first = card.passages[0]
                if first.text_id == text.pk and body:
                    card.words = short(body.words(first.start, first.end), 70)
        made.sort(key=lambda card: (card.passages[0].start or 0 if card.passages else 1 << 40, card.record.pk))
        if made:
            found.append((kind, made))
    return found


def highlights(
    text: Text, body: reading.Shown, coding: Coding | None, listed: Sequence[tuple[Kind, list[Card]]]
) -> list[dict[str, Any]]:
    """Return the passages of a text with their claims, as the annotator reads them. Nothing of the text itself.

    Positions are those in `body`, what this user is shown of it: they would tell how long a name is that is left out.
    """
    if coding is None:
        return []
    titles = {card.record.pk: card for _kind, found in listed for card in found}
    wholes = _wholes(coding, titles)
    claims: dict[int, list[dict[str, Any]]] = defaultdict(list)
    spans: dict[int, Passage] = {}
    for number, fields in values.anchors(list(wholes)).items():
        card = titles[wholes[number]]
        for name, passages in fields.items():
            for passage in passages:
                if passage.text_id != text.pk or passage.lost:
                    continue
                spans[passage.pk] = passage
                kind = {"place": "place", "place_told": "place", "date": "date"}.get(name, card.kind.slug)
                claims[passage.pk].append({"id": card.record.pk, "kind": kind, "label": card.title, "field": name})
    found = []
    for pk, passage in sorted(spans.items(), key=lambda item: (item[1].start or 0, item[0])):
        start, end = body.place(passage.start or 0, passage.end or 0)
        found.append({"id": pk, "start": start, "end": end, "claims": claims[pk]})
    return found


def snippets(mask: Mask, source: Source, evidence: Iterable[str], text: Text | None) -> dict[str, str]:
    """Return the words of each piece of evidence in a form, where the mask shows the narrative."""
    found: dict[str, str] = {}
    bodies: dict[int, reading.Shown] = {}

    def words(number: int | None, start: int | None, end: int | None) -> str:
        if number is None or start is None or end is None:
            return ""
        if number not in bodies:
            row = Text.objects.filter(pk=number, source=source.pk).first()
            bodies[number] = sources.body(mask, row) if row is not None else reading.EMPTY
        return short(bodies[number].words(start, end))

    for value in evidence:
        piece = evidence_of(value, text.pk if text else None)
        if piece is None:
            continue
        if piece.passage is not None:
            passage = Passage.objects.filter(pk=piece.passage, source=source.pk).first()
            told = words(passage.text_id, passage.start, passage.end) if passage else ""
        else:
            told = words(piece.text, piece.start, piece.end)
        if told:
            found[value] = told
    return found


def short(words: str, longest: int = 48) -> str:
    """Return words on one line, cut when long."""
    line = " ".join(words.split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def lost(source: Source) -> list[Passage]:
    """Return the passages that found no place in a corrected text."""
    return list(versions.visible(Passage.objects.filter(source=source.pk, lost=True)).order_by("start", "pk"))


def _manager(kind: Kind) -> Any:
    return kind.model._base_manager


def _who(kind: Kind, row: Any, names: labels.Labels) -> labels.Called | None:
    attribute = {"act": "victim_id", "life-event": "party_id"}.get(kind.slug)
    return names.party(getattr(row, attribute)) if attribute else None


def _wholes(coding: Coding, claims: Iterable[int]) -> dict[int, int]:
    """Return the claim that each claim and each of their parts belongs to."""
    numbers = set(claims)
    found = {number: number for number in numbers}
    for model, link in ((Involvement, "act_id"), (Transfer, "act_id"), (Telling, "claim"), (Name, "party_id")):
        rows = versions.visible(model._base_manager.filter(coding=coding.pk))
        found |= {part: whole for part, whole in rows.values_list("pk", link) if whole in numbers}
    identifiers = versions.visible(Identifier.objects.filter(record__in=numbers))
    return found | dict(identifiers.values_list("pk", "record"))


def _notes(wholes: dict[int, int]) -> Counter[int]:
    """Return how many notes stand on the fields of each claim; their words are the page's own to open."""
    noted = versions.visible(FieldNote.objects.filter(record__in=wholes)).values_list("record", flat=True)
    return Counter(wholes[record] for record in noted)


def _anchored(wholes: dict[int, int]) -> dict[int, list[Passage]]:
    """Return the passages of each claim, those of its parts included, in reading order."""
    found: dict[int, dict[int, Passage]] = defaultdict(dict)
    for number, fields in values.anchors(list(wholes)).items():
        for passages in fields.values():
            found[wholes[number]] |= {passage.pk: passage for passage in passages}
    ordered: dict[int, list[Passage]] = defaultdict(list)
    for number, passages_by_id in found.items():
        # The passage of the claim as a whole is the longest one; it comes first where two begin together.
        ordered[number] = sorted(passages_by_id.values(), key=lambda one: (one.start or 0, -(one.end or 0)))
    return ordered


class _Details:
    """The short lines under a claim's title."""

    def __init__(self, coding: Coding, names: labels.Labels) -> None:
        self.names = names
        self.by: dict[int, list[str]] = defaultdict(list)
        for row in versions.visible(Involvement.objects.filter(coding=coding.pk)).order_by("pk"):
            who = names.party(row.party_id) or reference.label("agency", row.agency)
            self.by[row.act_id].append(str(who) or values.gap((row.gaps or {}).get("agency", "")))

    def of(self, kind: Kind, row: Any) -> list[str]:
        lines: list[str] = []
        if kind.slug == "act":
            lines.append(", ".join(by for by in self.by[row.pk] if by))
        if kind.slug == "party":
            fields = ("sex", "occupation", "fate")
            lines += [reference.label(kind.field(name).list, getattr(row, name)) for name in fields]
            size = kind.field("size")
            lines.append(values.shown(size, {name: getattr(row, name) for name in size.inputs}, self.names))
        if kind.slug == "interview":
            fields = ("channel", "place_class", "language")
            lines += [reference.label(kind.field(name).list, getattr(row, name)) for name in fields]
            return [line for line in lines if line]  # its date stands in its title
        lines.append(_gap_or(row, "date", labels.date(getattr(row, "date", ""))))
        place = getattr(row, "place", "") or getattr(row, "to_place", "")
        lines.append(_gap_or(row, "place", self.names.place(place)))
        if kind.slug in ("figure", "practice-statement", "quotation"):
            lines.append(labels.chain(row))
        if kind.slug == "quotation":
            lines.append(str(reading.public(row, "role")))
        return [line for line in lines if line]


def _gap_or(row: Any, name: str, told: str) -> str:
    reason = (getattr(row, "gaps", None) or {}).get(name)
    if told or not reason:
        return told
    what = _("When") if name == "date" else _("Where")
    return f"{what}: {values.gap(reason)}"


__all__ = [
    "Card", "Page", "Tab", "body_parts", "cards", "highlights", "lost", "reading", "renditions", "short", "snippets",
]  # fmt: skip
