"""From data to the form that a page shows: inputs, parts, chips of evidence, problems beside their fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive.models import Record
from tumen.coding import reference
from tumen.coding.errors import Problem
from tumen.coding.forms.model import Chip, ClaimForm, Input, PartForm
from tumen.coding.forms.posted import Data, last_of, part_numbers
from tumen.coding.kinds import KINDS, Field, Holds, Kind, Part
from tumen.coding.models import Coding
from tumen.coding.queries import labels, values
from tumen.coding.queries.choices import choices_of
from tumen.coding.services.entries import EVIDENCE_FORM
from tumen.coding.services.evidence import EVIDENCE
from tumen.columns import Mask
from tumen.guard.masks import NOTES

SPARE = 4
"""Empty parts a form holds ready, such as further names; a page opens one after the other."""


def form_of(
    kind: Kind,
    mask: Mask,
    coding: Coding | None,
    names: labels.Labels,
    data: Data,
    record: Record | None = None,
    problems: Sequence[Problem] = (),
    snippets: Mapping[str, str] | None = None,
) -> ClaimForm:
    """Return the form of a claim filled with `data`, with the problems of its fields."""
    errors: dict[str, str] = {}
    for problem in problems:
        errors[problem.path] = f"{errors.get(problem.path, '')} {problem}".strip()
    maker = _Maker(mask, coding, names, data, errors, snippets or {}, record)
    inputs = maker.inputs(kind, "")
    groups = [(str(title), list(members)) for title, members in groupby(inputs, key=lambda one: one.field.group)]
    base = _bases(kind, data, "")
    return ClaimForm(
        kind,
        groups,
        [(part, maker.parts(part)) for part in kind.parts],
        maker.chips(""),
        base,
        record.pk if record is not None else None,
        int(version) if (version := last_of(data, "version")) else None,
        errors.get("", ""),
    )


def _bases(kind: Kind, data: Data, prefix: str) -> list[tuple[str, str]]:
    """Return what lists of codes, evidence and notes started from, as hidden inputs hand it back."""
    names = [f"{prefix}{name}" for name in (*(one.name for one in kind.fields), EVIDENCE)]
    bases = [f"{name}{ending}" for name in names for ending in ("-base", "-note-base")]
    return [(name, last_of(data, name)) for name in bases if name in data]


class _Maker:
    """Makes the inputs of one form."""

    def __init__(
        self,
        mask: Mask,
        coding: Coding | None,
        names: labels.Labels,
        data: Data,
        errors: Mapping[str, str],
        snippets: Mapping[str, str],
        record: Record | None,
    ) -> None:
        self.mask, self.coding, self.names, self.data = mask, coding, names, data
        self.errors, self.snippets, self.record = errors, snippets, record

    def inputs(self, kind: Kind, prefix: str) -> list[Input]:
        return [self._input(one, prefix) for one in values.visible_fields(self.mask, kind)]

    def parts(self, part: Part) -> list[PartForm]:
        made = [(number, self._part(part, number)) for number in part_numbers(part, self.data)]
        kept = [(number, one) for number, one in made if not one.is_empty or one.record is not None]
        filled = [one for _number, one in kept]
        if part.many or not filled:
            start = max((number for number, _one in kept), default=-1) + 1
            filled += [self._part(part, start + more) for more in range(SPARE if part.many else 1)]
        return filled

    def chips(self, name: str) -> list[Chip]:
        found = []
        for value in self.data.get("evidence", ()):
            match = EVIDENCE_FORM.fullmatch(value)
            if match is None or match[1] != name:
                continue
            span = f"{match[4]}-{match[5]}" if match[4] else ""
            text = self.snippets.get(value, _("passage"))
            found.append(Chip(value, text, int(match[2]) if match[2] else None, span))
        return found

    def _part(self, part: Part, number: int) -> PartForm:
        prefix = f"{part.name}-{number}-"
        inputs = self.inputs(KINDS[part.kind], prefix)
        record, version = last_of(self.data, f"{prefix}record"), last_of(self.data, f"{prefix}version")
        return PartForm(
            part,
            prefix,
            inputs,
            int(record) if record.isdecimal() else None,
            int(version) if version.isdecimal() else None,
            self.errors.get(f"{part.name}-{number}-", ""),
            not any(one.is_filled for one in inputs),
            _bases(KINDS[part.kind], self.data, prefix),
        )

    def _input(self, one: Field, prefix: str) -> Input:
        name = f"{prefix}{one.name}"
        listed = [self.data.get(f"{prefix}{each}", [""]) for each in one.inputs]
        value: Any = [code for code in listed[0] if code] if one.holds is Holds.TERMS else listed[0][-1]
        made = Input(
            one,
            name,
            value,
            listed[1][-1] if len(listed) > 1 else "",
            gap=last_of(self.data, f"{name}-gap"),
            note=last_of(self.data, f"{name}-note"),
            has_note=one.has_note and NOTES in self.mask.classes,
            error=self.errors.get(name, ""),
            chips=self.chips(name),
            choices=choices_of(one, self.names, value, self.record),
            new_text=last_of(self.data, f"{name}-new"),
        )
        if one.holds is Holds.TERM and value:
            made.label = reference.label(one.list, value)
        elif one.holds is Holds.PLACE and value:
            made.label = reference.place_label(value)
        return made
