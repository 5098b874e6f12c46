"""Forms of claims, built from `kinds`: what a page shows, and what a post hands to the verbs.

Inputs are named as the fields (`date`; `age_low` and `age_high`, which `ranges` reads), `<field>-gap` says why a field
is empty, `<field>-base` what codes the form started from, `<part>-<n>-<field>` is a field of a part, `evidence` is
"field:start-end" in the text named by `_text`, "field:text:start-end", or "field:p<passage>".
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from tumen.archive.models import Record
from tumen.coding import ranges, reference
from tumen.coding.errors import Problem
from tumen.coding.kinds import KINDS, Field, Holds, Kind, Part, kind_of
from tumen.coding.models import Coding
from tumen.coding.queries import labels, values
from tumen.coding.queries.choices import Choice, choices_of
from tumen.coding.services import claims
from tumen.coding.services.entries import EVIDENCE_FORM, Entry, Evidence, NewParty, evidence_of
from tumen.coding.services.evidence import EVIDENCE
from tumen.columns import Mask

SPARE = 4
"""Empty parts a form holds ready, such as further names; a page opens one after the other."""

_NEW_PARTY = re.compile(r"new:([a-z]+)(?::([a-z]*))?")

Data = Mapping[str, list[str]]

_TEMPLATES = {
    **dict.fromkeys((Holds.NUMBER, Holds.CHAIN, Holds.DATE), "line"),
    **dict.fromkeys((Holds.UNIT, Holds.CLAIM, Holds.CHOICE), "select"),
    Holds.AMOUNT: "range",
    Holds.PLACE: "picker",
}


@dataclass(frozen=True)
class Chip:
    """One piece of evidence in a form."""

    value: str
    text: str
    passage: int | None = None
    span: str = ""


@dataclass
class Input:
    """One field of a form as the template needs it."""

    field: Field
    name: str
    value: Any = ""
    high: str = ""
    label: str = ""
    gap: str = ""
    error: str = ""
    chips: list[Chip] = dataclasses.field(default_factory=list)
    choices: Sequence[Choice] = ()
    new_text: str = ""

    @property
    def template(self) -> str:
        """The file that draws the input."""
        kind = _TEMPLATES.get(self.field.holds, str(self.field.holds))
        if kind == "term":
            kind = "select" if self.choices else "picker"
        return f"coding/inputs/{kind}.html"

    @property
    def evidence_name(self) -> str:
        """The name under which evidence of the field is posted."""
        return self.name

    @property
    def is_wide(self) -> bool:
        """Whether the input takes the whole width."""
        return self.field.holds in (Holds.TEXT, Holds.TERMS) or self.field.name in ("description", "type", "place")

    @property
    def is_numeric(self) -> bool:
        """Whether a small screen should offer digits."""
        return self.field.holds in (Holds.NUMBER, Holds.RANGE, Holds.AMOUNT)


@dataclass
class PartForm:
    """The inputs of one part."""

    part: Part
    prefix: str
    inputs: list[Input]
    record: int | None = None
    version: int | None = None
    error: str = ""
    is_empty: bool = True
    base: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@dataclass
class ClaimForm:
    """A whole form."""

    kind: Kind
    groups: list[tuple[str, list[Input]]]
    parts: list[tuple[Part, list[PartForm]]]
    chips: list[Chip]
    base: list[tuple[str, str]]
    record: int | None = None
    version: int | None = None
    error: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the claim is not recorded yet."""
        return self.record is None


def data_of(post: QueryDict) -> dict[str, list[str]]:
    """Return what was posted, without what only the page needs."""
    left_out = {"csrfmiddlewaretoken", "why"}
    return {name: post.getlist(name) for name in post if name not in left_out}


def entry_of(kind: Kind, data: Data, text: int | None) -> Entry:
    """Return what a posted form asks to be recorded."""
    entry = _entry(kind, data, "")
    evidence = [found for value in data.get("evidence", ()) if (found := evidence_of(value, text))]
    own = [piece for piece in evidence if "-" not in piece.field]  # a hyphen begins the field of a part
    parts = {part.name: _part_entries(part, data, evidence) for part in kind.parts}
    base = {**entry.base, EVIDENCE: frozenset(_one(data, "evidence-base").split())}
    return Entry(entry.values, entry.gaps, own, parts, version=entry.version, base=base)


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
        int(version) if (version := _one(data, "version")) else None,
        errors.get("", ""),
    )


def data_from(mask: Mask, record: Record) -> dict[str, list[str]]:
    """Return the data of a form that edits a record: its values, gaps, evidence, parts, and what it started from."""
    data: dict[str, list[str]] = {}
    parts = list(claims.parts_of(record))
    anchors = values.anchors([record.pk, *(row.pk for _part, _number, row in parts)])
    _fill(mask, record, "", data, anchors)
    for part, number, row in parts:
        prefix = f"{part.name}-{number}-"
        _fill(mask, row, prefix, data, anchors)
        data[f"{prefix}record"] = [str(row.pk)]
    return data


def data_copied(mask: Mask, record: Record) -> dict[str, list[str]]:
    """Return the data of a new form that starts from another record of its kind: no evidence, no uncopied fields."""
    kind = kind_of(record)
    data = data_from(mask, record)
    keep = {name for one in kind.fields if one.copies for name in (*one.inputs, f"{one.name}-gap")}
    parts = tuple(f"{part.name}-" for part in kind.parts if part.name == "involvements" or part.name == "tellings")
    copied = {}
    for name, listed in data.items():
        is_part = name.startswith(parts) and not name.endswith(("-record", "-version", "-base"))
        if name in keep or is_part:
            copied[name] = listed
    return copied


def as_typed(kind: Kind, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the inputs of a form show them: a lower bound alone as `23+`."""
    found = dict(held)
    for one in kind.fields:
        if one.is_range and all(name in held for name in one.inputs):
            found |= dict(zip(one.inputs, ranges.typed(*(held[name] for name in one.inputs)), strict=True))
    return found


def _fill(mask: Mask, record: Record, prefix: str, data: dict[str, list[str]], anchors: Any) -> None:
    for name, value in as_typed(kind_of(record), values.raw(mask, record)).items():
        if value == values.erased():
            continue  # an empty input: what is coded beside it can still be edited
        data[f"{prefix}{name}"] = value if isinstance(value, list) else [value]
        if isinstance(value, list):
            data[f"{prefix}{name}-base"] = [" ".join(value)]
    for name, reason in (getattr(record, "gaps", None) or {}).items():
        data[f"{prefix}{name}-gap"] = [reason]
    data[f"{prefix}version"] = [str(record.version)]
    evidence = data.setdefault("evidence", [])
    based = []
    for name, passages in anchors[record.pk].items():
        evidence += [f"{prefix}{name}:p{passage.pk}" for passage in passages]
        based += [f"{name}:{passage.pk}" for passage in passages]
    data[f"{prefix}evidence-base"] = [" ".join(based)]


def _bases(kind: Kind, data: Data, prefix: str) -> list[tuple[str, str]]:
    """Return what lists of codes and evidence started from, as hidden inputs hand it back."""
    names = [one.name for one in kind.fields if one.holds is Holds.TERMS] + [EVIDENCE]
    return [
        (f"{prefix}{name}-base", _one(data, f"{prefix}{name}-base")) for name in names if f"{prefix}{name}-base" in data
    ]


def _entry(kind: Kind, data: Data, prefix: str) -> Entry:
    found: dict[str, Any] = {}
    gaps: dict[str, str] = {}
    base: dict[str, frozenset[str]] = {}
    for one in kind.fields:
        for name in one.inputs:
            if f"{prefix}{name}" in data:
                listed = data[f"{prefix}{name}"]
                found[name] = [code for code in listed if code] if one.holds is Holds.TERMS else listed[-1]
        if one.is_range and all(name in found for name in one.inputs):
            first, second = one.inputs
            found[first], found[second] = ranges.read(found[first], found[second], _one(data, f"{prefix}qualifier"))
        if one.holds is Holds.TERMS and f"{prefix}{one.name}-base" in data:
            base[one.name] = frozenset(_one(data, f"{prefix}{one.name}-base").split())
            found.setdefault(one.name, [])  # a list with nothing chosen is not posted
        if one.holds is Holds.PARTY and (made := _NEW_PARTY.fullmatch(str(found.get(one.name, "")))):
            told = _one(data, f"{prefix}{one.name}-new")
            found[one.name] = NewParty(made[1], made[2] or "", told)
        if one.holds is Holds.PLACE and (chosen := _one(data, f"{prefix}{one.name}-candidate")):
            found[one.name] = chosen
        if reason := _one(data, f"{prefix}{one.name}-gap"):
            gaps[one.name] = reason
    version = _one(data, f"{prefix}version")
    return Entry(found, gaps, version=int(version) if version.isdigit() else None, base=base)


def _part_entries(part: Part, data: Data, evidence: Sequence[Evidence]) -> list[Entry]:
    entries = []
    for number in _numbers(part, data):
        prefix = f"{part.name}-{number}-"
        entry = _entry(KINDS[part.kind], data, prefix)
        record = _one(data, f"{prefix}record")
        own = [
            Evidence(one.field.removeprefix(prefix), one.passage, one.text, one.start, one.end)
            for one in evidence
            if one.field.startswith(prefix)
        ]
        empty = not any(entry.values.values()) and not entry.gaps and not own
        if empty and not record:
            continue
        base = {**entry.base, EVIDENCE: frozenset(_one(data, f"{prefix}evidence-base").split())}
        entries.append(
            Entry(
                entry.values, entry.gaps, own, {}, int(record) if record.isdigit() else None, entry.version, base, empty
            )
        )
    return entries


def _numbers(part: Part, data: Data) -> list[int]:
    found = {int(match[1]) for name in data if (match := re.match(rf"{part.name}-(\d{{1,3}})-", name))}
    return sorted(found)


def _one(data: Data, name: str) -> str:
    listed = data.get(name) or [""]
    return listed[-1]


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
        made = [(number, self._part(part, number)) for number in _numbers(part, self.data)]
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
        record, version = _one(self.data, f"{prefix}record"), _one(self.data, f"{prefix}version")
        return PartForm(
            part,
            prefix,
            inputs,
            int(record) if record.isdigit() else None,
            int(version) if version.isdigit() else None,
            self.errors.get(f"{part.name}-{number}-", ""),
            not any(one.value or one.high or one.gap or one.chips or one.error for one in inputs),
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
            gap=_one(self.data, f"{name}-gap"),
            error=self.errors.get(name, ""),
            chips=self.chips(name),
            choices=choices_of(one, self.names, value, self.record),
            new_text=_one(self.data, f"{name}-new"),
        )
        if one.holds is Holds.TERM and value:
            made.label = reference.label(one.list, value)
        elif one.holds is Holds.PLACE and value:
            made.label = reference.place_label(value)
        return made
