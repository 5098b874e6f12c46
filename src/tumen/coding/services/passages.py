"""Placing again, by hand, a passage that a corrected text lost."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.changes import OpenChange
from tumen.coding.errors import BadClaim, Problem
from tumen.coding.models import Anchor
from tumen.sources import services as sources
from tumen.sources.models import Passage, Source, Text


def place(c: OpenChange, source: Source, text: Text, number: int, words: str, drop: bool = False) -> Passage:
    """Put a lost passage on `words` of `text`, or take it away with all its anchors when `drop` says so.

    Raises BadClaim when the words are not in the text, or are there more than once.
    """
    passage = versions.visible(Passage.objects.filter(pk=number, source=source.pk, lost=True)).first()
    if passage is None:
        raise BadClaim([Problem("words", _("This passage has a place by now."), _("Load the page again."))])
    if drop:
        for anchor in versions.visible(Anchor.objects.filter(passage=passage.pk)):
            c.retract(anchor)
        return c.retract(passage)
    wanted = words.replace("\r\n", "\n").strip()
    body = sources.body_of(text)
    times = body.count(wanted) if wanted else 0
    if times == 0:
        advice = _("Copy the words from the corrected text, exactly.")
        raise BadClaim([Problem("words", _("These words are not in the corrected text."), advice)])
    if times > 1:
        what = _("These words are there {n} times.").format(n=times)
        raise BadClaim([Problem("words", what, _("Copy more of the sentence, so that only one place fits."))])
    start = body.index(wanted)
    return sources.move_passage(c, passage, text, start, start + len(wanted))
