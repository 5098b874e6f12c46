"""Anchors and marks: the passages that fields rest on, and codes that come in numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.changes import OpenChange
from tumen.archive.models import Record
from tumen.archive.sentences import told
from tumen.coding.errors import BadClaim, Problem
from tumen.coding.models import Anchor, Coding, Mark
from tumen.coding.services.entries import Evidence
from tumen.sources import services as sources
from tumen.sources.errors import BadPassage
from tumen.sources.models import Passage, Text

EVIDENCE = "evidence"
"""The key of `Entry.base` under which a form hands back the anchors it started from."""


def anchor(c: OpenChange, record: Record, field: str, passage: Passage) -> Anchor:
    """Rest one field of a record on a passage."""
    return c.insert(Anchor, record=record.pk, field=field, passage=passage)


def passages_of(c: OpenChange, coding: Coding, evidence: Iterable[Evidence]) -> list[tuple[str, Passage]]:
    """Return field and passage of each piece of evidence, passages made where they are new. Raises BadClaim."""
    found: list[tuple[str, Passage]] = []
    texts: dict[int, Text] = {}
    for piece in evidence:
        if piece.passage is not None:
            passage = versions.visible(Passage.objects.filter(pk=piece.passage, source=coding.source_id)).first()
            if passage is None:
                raise _of_another_source(piece.field)
        else:
            number = piece.text or 0
            if number not in texts:
                text = versions.visible(Text.objects.filter(pk=number, source=coding.source_id)).first()
                if text is None:
                    raise _of_another_source(piece.field)
                texts[number] = text
            try:
                passage = sources.add_passage(c, *sources.carried_over(texts[number], piece.start or 0, piece.end or 0))
            except BadPassage as error:
                advice = _("Select the text again.")
                raise BadClaim([Problem(piece.field, told(str(error).capitalize() + "."), advice)]) from error
        if (piece.field, passage.pk) not in {(field, one.pk) for field, one in found}:
            found.append((piece.field, passage))
    return found


def set_anchors(
    c: OpenChange, record: Record, wanted: Sequence[tuple[str, Passage]], base: frozenset[str] | None = None
) -> None:
    """Make `wanted` the evidence of a record; what others added or took off since `base` stays so."""
    rows = {f"{row.field}:{row.passage_id}": row for row in _anchors(record)}
    keys = {f"{field}:{passage.pk}": (field, passage) for field, passage in wanted}
    for key in rows.keys() - keys.keys():
        if base is None or key in base:
            c.retract(rows[key])
    for key, (field, passage) in keys.items():
        if key not in rows and (base is None or key not in base):
            anchor(c, record, field, passage)


def set_marks(
    c: OpenChange, record: Record, marks: Mapping[str, Sequence[str]], base: Mapping[str, frozenset[str]]
) -> None:
    """Make `marks` the codes of each field; what others added or took off since `base` stays so."""
    for field, codes in marks.items():
        rows = {row.term: row for row in versions.visible(Mark.objects.filter(record=record.pk, field=field))}
        for code in rows.keys() - set(codes):
            if field not in base or code in base[field]:
                c.retract(rows[code])
        for code in codes:
            if code not in rows and code not in base.get(field, ()):
                c.insert(Mark, record=record.pk, field=field, term=code)


def _anchors(record: Record) -> list[Anchor]:
    return list(versions.visible(Anchor.objects.filter(record=record.pk)))


def _of_another_source(field: str) -> BadClaim:
    return BadClaim([Problem(field, _("This passage belongs to another source."), _("Select it in this text."))])
