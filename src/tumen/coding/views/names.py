"""The page on which a person goes through the names of a text."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tumen.archive.changes import OpenChange, change
from tumen.archive.models import Change
from tumen.archive.sentences import told
from tumen.coding.queries import name_proposals
from tumen.coding.views.common import Bench, bench, page
from tumen.guard import reading
from tumen.guard.errors import Refused
from tumen.guard.permissions import Permission
from tumen.sources import names, services
from tumen.sources import queries as sources
from tumen.sources.errors import BadPassage, MarksChanged, UnreadableMarks
from tumen.sources.models import Text
from tumen.sources.names import KINDS, NO_NAME, Mark
from tumen.text import normalise_line_ends


@page
def review(request: HttpRequest, number: int) -> HttpResponse:
    """Show the names marked and proposed in a text, mark them, and say that there are no more."""
    text = get_object_or_404(Text, pk=number)
    desk = bench(request, text.source_id)
    desk.must_write()
    body = sources.body(desk.mask, text)
    if body.blanked is not None or body.why == "masked":
        raise Refused(Permission.IDENTITY)
    if request.method == "POST":
        _decide(request, desk, text, body.text)
        return redirect("coding:names", number)
    return render(request, "coding/names.html", _context(desk, text, body))


def _context(desk: Bench, text: Text, body: reading.Shown) -> dict[str, object]:
    row = names.of_text(text)
    marks = [] if row is None else names.parsed(reading.read_one(desk.mask, row, "marks").text)
    proposed = name_proposals.proposals(desk.mask, desk.source, body.text, marks)
    last = None if row is None else Change.objects.filter(seq=row.change, batch=None, actor=desk.user.pk).first()
    return {
        "desk": desk,
        "source": desk.source,
        "text": text,
        "body": body,
        "version": 0 if row is None else row.version,
        "is_reviewed": names.is_reviewed(row),
        "pieces": name_proposals.pieces(body.text, marks, proposed),
        "proposed": name_proposals.grouped(body.text, proposed),
        "all_proposed": [span for group in name_proposals.grouped(body.text, proposed) for span in group.spans],
        "marked": name_proposals.grouped(body.text, [mark for mark in marks if mark.kind != NO_NAME]),
        "turned_down": name_proposals.grouped(body.text, [mark for mark in marks if mark.kind == NO_NAME]),
        "kinds": [(kind, str(label), key) for (kind, label), key in zip(KINDS.items(), "nipcu", strict=True)],
        "last": last,
    }


def _decide(request: HttpRequest, desk: Bench, text: Text, body: str) -> None:
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    why, verb = act
    try:
        with change(desk.user.pk, why, kind="names") as c:
            words = verb(c, text, body, request.POST)
    except (BadPassage, MarksChanged, UnreadableMarks) as error:
        messages.error(request, told(str(error)))
    else:
        messages.success(request, words)


def _accept(c: OpenChange, text: Text, body: str, data: QueryDict) -> str:
    marks = names.parsed(" ".join(data.getlist("span")))
    services.names.mark(c, text, marks)
    return _marked(len(marks))


def _turn_down(c: OpenChange, text: Text, body: str, data: QueryDict) -> str:
    marks = names.parsed(" ".join(data.getlist("span")))
    services.names.mark(c, text, [Mark(mark.start, mark.end, NO_NAME) for mark in marks])
    return _("Not marked; it is not proposed again.")


def _take_off(c: OpenChange, text: Text, body: str, data: QueryDict) -> str:
    marks = names.parsed(" ".join(data.getlist("span")))
    services.names.mark(c, text, [], [(mark.start, mark.end) for mark in marks])
    return _("The marks are taken off.")


def _mark(c: OpenChange, text: Text, body: str, data: QueryDict) -> str:
    """Mark what is selected, or the words that are typed, and where it is asked for everywhere else too."""
    kind, start, end = data.get("kind", ""), data.get("start", ""), data.get("end", "")
    words = normalise_line_ends(data.get("words", "")).strip()
    if kind not in KINDS:
        raise Http404
    found = [Mark(int(start), int(end), kind)] if start.isdecimal() and end.isdecimal() else []
    if not found or data.get("everywhere"):
        found += name_proposals.everywhere(body, body[found[0].start : found[0].end] if found else words, kind)
    if not found:
        raise BadPassage("These words are not in the text.")
    services.names.mark(c, text, _first_of_each_place(found))
    return _marked(len(_first_of_each_place(found)))


def _first_of_each_place(marks: list[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in marks:
        if not any(mark.start < other.end and other.start < mark.end for other in kept):
            kept.append(mark)
    return kept


def _review(c: OpenChange, text: Text, body: str, data: QueryDict) -> str:
    seen = data.get("version", "")
    services.names.review(c, text, int(seen) if seen.isdecimal() else 0)
    return _("Reviewed: roles without identity now read this text without the names marked in it.")


def _unreview(c: OpenChange, text: Text, body: str, data: QueryDict) -> str:
    services.names.unreview(c, text)
    return _("The text waits for a review again; roles without identity do not see it.")


def _marked(count: int) -> str:
    return ngettext("{n} place is marked.", "{n} places are marked.", count).format(n=count)


_ACTS: dict[str, tuple[str, Callable[[OpenChange, Text, str, QueryDict], str]]] = {
    "accept": ("names marked in a text", _accept),
    "mark": ("names marked in a text", _mark),
    "turn down": ("names turned down in a text", _turn_down),
    "take off": ("marks of names taken off a text", _take_off),
    "review": ("names in a text reviewed", _review),
    "unreview": ("a text’s names are to be reviewed again", _unreview),
}
