"""Checks that look at a claim as a whole: what cannot be (a problem), and what is odd (a warning)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tumen import dates
from tumen.coding import reference
from tumen.coding.errors import Problem
from tumen.coding.kinds import Holds, Kind
from tumen.coding.models import Party
from tumen.places import Precision

# The words of the list `precision` beside the classes of the gazetteer.
_PRECISION = {
    "exact": Precision.EXACT,
    "neighbourhood": Precision.RI,
    "county": Precision.COUNTY,
    "province": Precision.PROVINCE,
    "country": Precision.COUNTRY,
    "unknown": Precision.UNKNOWN,
}
_WORDS = {precision: word for word, precision in _PRECISION.items()}


def required(kind: Kind, merged: Mapping[str, Any], made: Mapping[str, Any]) -> list[Problem]:
    """Say which required fields are empty."""
    empty = [field for field in kind.fields if field.required and field.name not in made and not _filled(field, merged)]
    return [
        Problem(field.name, _("“{field}” is needed.").format(field=field.label), _("Choose or write a value."))
        for field in empty
    ]


def gaps(kind: Kind, merged: Mapping[str, Any], marks: Mapping[str, Any], given: Mapping[str, str]) -> list[Problem]:
    """Refuse unknown reasons, and a reason for emptiness beside a value."""
    problems = []
    reasons = reference.vocabularies()["gap"]
    for name, reason in given.items():
        if not kind.has(name) or not kind.field(name).gap:
            problems.append(Problem(name, _("This field is never empty for a reason."), _("Take the reason away.")))
        elif reason not in reasons:
            advice = _("Choose unknown, no, not asked or refused.")
            problems.append(Problem(name, _("“{reason}” is no reason.").format(reason=reason), advice))
        elif marks.get(name) or _filled(kind.field(name), merged):
            advice = _("Empty the field, or take the reason away.")
            problems.append(Problem(name, _("The field has a value and a reason for having none."), advice))
    return problems


def notes(kind: Kind, given: Mapping[str, str]) -> list[Problem]:
    """Refuse notes on fields that have none."""
    wrong = [name for name in given if not kind.has(name) or not kind.field(name).has_note]
    return [Problem(name, _("This field has no note."), _("Write it into the summary or the note.")) for name in wrong]


def whole(kind: Kind, merged: Mapping[str, Any]) -> list[Problem]:
    """Say what cannot be about the claim as a whole."""
    check = _WHOLE.get(kind.slug)
    return [] if check is None else list(check(merged))


def _act(merged: Mapping[str, Any]) -> Iterator[Problem]:
    word, code = merged.get("precision"), merged.get("place")
    told = _PRECISION.get(word or "")
    if told is None or not code or told >= reference.places().get(code).precision:
        return
    yield Problem(
        "precision",
        _("“{word}” is finer than the place, which is known to the {class}.").format(
            **{"word": reference.label("precision", word or ""), "class": reference.label("precision", finest(code))}
        ),
        _("Choose a finer place, or a coarser precision."),
    )


def _life_event(merged: Mapping[str, Any]) -> Iterator[Problem]:
    code = merged.get("crossing")
    if code and reference.places().get(code).precision < Precision.COUNTY:
        advice = _("Choose its county: nothing here may help to find a route.")
        yield Problem("crossing", _("A crossing point is never finer than a county."), advice)


def _party(merged: Mapping[str, Any]) -> Iterator[Problem]:
    birth = dates.try_parse(merged.get("birth") or "")
    if birth is not None and birth.precision in ("day", "month", "second"):
        advice = _("Write the year here; the day goes into the sealed field.")
        yield Problem("birth", _("The birth is given no finer than the year."), advice)


def _figure(merged: Mapping[str, Any]) -> Iterator[Problem]:
    told = merged.get("low_milli"), merged.get("high_milli"), merged.get("qualifier") or None
    if told == (None, None, None) and "value" not in merged["gaps"]:
        advice = _("Give a number, or a qualifier such as “thousands”.")
        yield Problem("value", _("The figure has no value."), advice)


def _involvement(merged: Mapping[str, Any]) -> Iterator[Problem]:
    if not any(merged.get(name) for name in ("party_id", "unit_id", "agency")) and "agency" not in merged["gaps"]:
        advice = _("Choose a party, a unit or an agency; or say that the agency is unknown.")
        yield Problem("party", _("Nobody is named."), advice)


def _relation(merged: Mapping[str, Any]) -> Iterator[Problem]:
    if not any(merged.get(name) for name in ("other_id", "unit_id")):
        yield Problem("other", _("A relation has two sides."), _("Choose a party or a unit."))


_WHOLE: dict[str, Callable[[Mapping[str, Any]], Iterator[Problem]]] = {
    "act": _act,
    "life-event": _life_event,
    "party": _party,
    "figure": _figure,
    "involvement": _involvement,
    "relation": _relation,
}


def sells(type_code: str) -> bool:
    """Say whether acts of this type move or sell a person, so that a transfer belongs to them."""
    lists = reference.vocabularies()
    types = lists["act_type"]
    return type_code in types and any(types.hints_at_trafficking(term.code) for term in types.subtree(type_code))


def warnings(
    kind: Kind, merged: Mapping[str, Any], published: dates.Edtf | None, victim: Party | None
) -> list[Problem]:
    """Say what is odd and may still be right."""
    odd = []
    today = dates.parse(timezone.localdate().isoformat())
    for field in kind.fields:
        value = dates.try_parse(merged.get(field.name) or "") if field.holds is Holds.DATE else None
        if value is not None and published is not None and dates.certainly_before(published, value):
            odd.append(Problem(field.name, _("The date lies after the source’s own, {day}.").format(day=published)))
        elif value is not None and dates.certainly_before(today, value):
            odd.append(Problem(field.name, _("The date lies in the future.")))
    when = dates.try_parse(merged.get("date") or "")
    birth = dates.try_parse(victim.birth) if victim is not None and victim.birth else None
    if when is not None and birth is not None:
        odd += _age(merged, when, birth)
    return odd


def defaults(kind: Kind, merged: Mapping[str, Any]) -> dict[str, str]:
    """Return what an empty field means: a place is as precise as it is, a telling supports what it tells."""
    if kind.slug == "act" and merged.get("place") and not merged.get("precision"):
        return {"precision": finest(merged["place"])}
    if kind.slug == "telling" and not merged.get("stance"):
        return {"stance": "supports"}
    return {}


def finest(place: str) -> str:
    """Return the word for how precisely a place says where."""
    return _WORDS[reference.places().get(place).precision] if place in reference.places() else ""


def _age(merged: Mapping[str, Any], when: dates.Edtf, birth: dates.Edtf) -> list[Problem]:
    try:
        possible = dates.age_at(birth, when)
    except dates.ImpossibleAge:
        return [Problem("date", _("The date lies before the birth of the victim, {day}.").format(day=birth))]
    low, high = merged.get("age_low"), merged.get("age_high")
    low, high = (low if low is not None else high), (high if high is not None else low)
    if low is None or high is None:
        return []
    if high < possible.low or (possible.high is not None and low > possible.high):
        span = f"{possible.low}-{possible.high if possible.high is not None else ''}"
        what = _("Going by the birth ({day}) the victim was {span} then.").format(day=birth, span=span)
        return [Problem("age", what, _("Korean ages count one or two more: write the age in full years."))]
    return []


def _filled(field: Any, merged: Mapping[str, Any]) -> bool:
    return any(merged.get(column) not in (None, "", []) for column in field.columns)
