"""From what a coder typed into one field to what its columns hold, or to a problem that says what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from tumen import dates
from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding import reference
from tumen.coding.errors import Problem
from tumen.coding.kinds import KINDS, Field, Holds, Kind
from tumen.coding.kinds.model import LINK
from tumen.coding.models import Coding, Mark, Party, Unit
from tumen.coding.services.entries import NEW, NewParty

MOST = 2**31 - 1
Values = dict[str, Any]
_ARROWS = re.compile(r"\s*(?:<-+|<|←|;|\n)\s*")


class _Wrong(Exception):
    """One field cannot be read; never leaves this module."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what, self.advice = what, advice


class Reader:
    """Reads the fields of one claim.

    Attributes:
        columns: what was read, as the model's attributes.
        marks: field -> codes, for fields of several codes.
        made: field -> what has to be made first (a party, an incident).
    """

    def __init__(self, kind: Kind, coding: Coding, published: dates.Edtf | None, before: Record | None) -> None:
        self.kind, self.coding, self.published, self.before = kind, coding, published, before
        self.columns: Values = {}
        self.marks: dict[str, list[str]] = {}
        self.made: dict[str, NewParty | str] = {}
        self.problems: list[Problem] = []

    def read(self, values: Mapping[str, Any]) -> None:
        """Read every field that `values` speaks of."""
        for field in self.kind.fields:
            given = {name: values[name] for name in field.inputs if name in values}
            if not given:
                continue
            try:
                _READERS[field.holds](self, field, given)
            except _Wrong as wrong:
                self.problems.append(Problem(field.name, wrong.what, wrong.advice))

    def _term(self, field: Field, given: Values) -> None:
        code = _text(given[field.name])
        if code:
            held = getattr(self.before, field.name) if self.before is not None else ""
            _check_term(field.list, code, held)
        self.columns[field.name] = code

    def _terms(self, field: Field, given: Values) -> None:
        codes = given[field.name]
        listed = [code for code in ([codes] if isinstance(codes, str) else codes) if code]
        held = set()
        if self.before is not None:
            marks = versions.visible(Mark.objects.filter(record=self.before.pk, field=field.name))
            held = set(marks.values_list("term", flat=True))
        for code in listed:
            _check_term(field.list, code, code if code in held else "")
        self.marks[field.name] = list(dict.fromkeys(listed))

    def _date(self, field: Field, given: Values) -> None:
        text = _text(given[field.name])
        bounds = dates.Bounds(None, None)
        if text:
            try:
                value = dates.read(text, relative_to=self.published)
            except dates.InvalidDate as error:
                what, advice = error.told(_)
                what = what[:1].upper() + what[1:]
                raise _Wrong(_("{what}.").format(what=what), _("{what}.").format(what=advice)) from error
            text, bounds = value.text, value.bounds
        self.columns[field.name] = text
        if field.bounds:
            self.columns |= dict(zip(field.bounds, bounds, strict=True))

    def _place(self, field: Field, given: Values) -> None:
        code = _text(given[field.name])
        if code and code not in reference.places():
            raise _Wrong(
                _("The gazetteer has no place “{code}”.").format(code=code),
                _("Choose one from the list; what the source says goes into “Where, as told”."),
            )
        self.columns[field.name] = code

    def _party(self, field: Field, given: Values) -> None:
        value = given[field.name]
        if isinstance(value, NewParty):
            self.made[field.name] = value
            return
        number = _number(value)
        if number is not None:
            party = versions.visible(Party.objects.filter(pk=number)).first()
            if party is None:
                raise _Wrong(_("There is no party {n}.").format(n=number), _("Choose one of this source’s parties."))
            if party.coding_id != self.coding.pk:
                raise _Wrong(
                    _("This party belongs to another source."),
                    _("Choose or make a party of this source; that both are one person is judged when linking."),
                )
        self.columns[f"{field.name}_id"] = number

    def _unit(self, field: Field, given: Values) -> None:
        number = _number(given[field.name])
        if number is not None and not versions.visible(Unit.objects.filter(pk=number)).exists():
            raise _Wrong(_("There is no unit {n}.").format(n=number), _("Choose one from the list."))
        self.columns[f"{field.name}_id"] = number

    def _claim(self, field: Field, given: Values) -> None:
        value = given[field.name]
        if value == NEW:
            self.made[field.name] = NEW
            return
        number = _number(value)
        if number is not None:
            model: Any = KINDS[field.of].model
            claim = versions.visible(model.objects.filter(pk=number, coding=self.coding.pk)).first()
            if claim is None or (self.before is not None and number == self.before.pk):
                raise _Wrong(_("That is no other claim of this source."), _("Choose one from the list."))
        self.columns[f"{field.name}_id"] = number

    def _range(self, field: Field, given: Values) -> None:
        numbers = {name: _number(value) for name, value in given.items()}
        for value in numbers.values():
            if value is not None and not 0 <= value <= MOST:
                raise _Wrong(_("{n} is out of range.").format(n=value), _("Give a number from 0 up."))
        self._ascending(*(numbers.get(name) for name in field.inputs))
        self.columns |= numbers

    def _amount(self, field: Field, given: Values) -> None:
        numbers = [_thousandths(given[name]) if name in given else None for name in field.inputs]
        self._ascending(*numbers)
        self.columns |= dict(zip(field.columns, numbers, strict=True))

    def _whole(self, field: Field, given: Values) -> None:
        self.columns[field.name] = _number(given[field.name])

    def _line(self, field: Field, given: Values) -> None:
        text = _text(given[field.name])
        longest = self.kind.model._meta.get_field(field.name).max_length  # type: ignore[union-attr]
        if longest and len(text) > longest:
            raise _Wrong(_("{n} characters are too many.").format(n=len(text)), _("At most {n}.").format(n=longest))
        self.columns[field.name] = text

    def _chain(self, field: Field, given: Values) -> None:
        value = given[field.name]
        links = _ARROWS.split(value) if isinstance(value, str) else value
        self.columns[field.name] = LINK.join(link.strip() for link in links if link.strip())

    def _choice(self, field: Field, given: Values) -> None:
        value = _text(given[field.name])
        if value and value not in dict(field.choices):
            raise _Wrong(
                _("“{value}” is not among the choices.").format(value=value),
                _("Choose {choices}.").format(choices=", ".join(code for code, _label in field.choices)),
            )
        self.columns[field.name] = value

    def _ascending(self, low: int | None, high: int | None) -> None:
        if low is not None and high is not None and low > high:
            raise _Wrong(_("“From” is larger than “to”."), _("Exchange the two, or leave one empty."))


_READERS: dict[Holds, Callable[[Reader, Field, Values], None]] = {
    Holds.TERM: Reader._term,
    Holds.TERMS: Reader._terms,
    Holds.DATE: Reader._date,
    Holds.PLACE: Reader._place,
    Holds.PARTY: Reader._party,
    Holds.UNIT: Reader._unit,
    Holds.CLAIM: Reader._claim,
    Holds.RANGE: Reader._range,
    Holds.AMOUNT: Reader._amount,
    Holds.NUMBER: Reader._whole,
    Holds.LINE: Reader._line,
    Holds.TEXT: Reader._line,
    Holds.CHAIN: Reader._chain,
    Holds.CHOICE: Reader._choice,
}


def _check_term(list_code: str, code: str, held: str) -> None:
    """Refuse a code that the list does not offer; one that the record holds already may stay though retired."""
    vocabulary = reference.vocabularies()[list_code]
    if code not in vocabulary:
        raise _Wrong(
            _("The list “{list}” has no term “{code}”.").format(
                list=vocabulary.title.text(reference.language()), code=code
            ),
            _("Choose one from the list."),
        )
    term = vocabulary.term(code)
    if term.retired and code != held:
        instead = vocabulary.label(term.retired.replaced_by, reference.language()) if term.retired.replaced_by else ""
        advice = _("Use “{term}” instead.").format(term=instead) if instead else _("Choose another one.")
        label = vocabulary.label(code, reference.language())
        raise _Wrong(_("“{term}” was retired on {day}.").format(term=label, day=term.retired.on.isoformat()), advice)


def _text(value: Any) -> str:
    return str(value if value is not None else "").replace("\r\n", "\n").strip()


def _number(value: Any) -> int | None:
    text = _text(value).replace(",", "").replace(" ", "")
    if not text:
        return None
    if not re.fullmatch(r"-?\d{1,16}", text):
        raise _Wrong(_("“{value}” is not a whole number.").format(value=_text(value)[:40]), _("Write it in digits."))
    return int(text)


def _thousandths(value: Any) -> int | None:
    text = _text(value).replace(",", "").replace(" ", "").rstrip("%")
    if not text:
        return None
    try:
        milli = Decimal(text) * 1000
    except InvalidOperation:
        milli = Decimal("NaN")
    if not milli.is_finite() or abs(milli) > 10**18 or milli != milli.to_integral_value():
        raise _Wrong(
            _("“{value}” is not a number with at most three decimals.").format(value=_text(value)[:40]),
            _("Write digits, such as 105,000,000 or 66.7."),
        )
    return int(milli)
