"""Words for fields, terms, periods, units and rules, in the language of a page or a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Literal, cast

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from tumen.archive.sentences import told
from tumen.coding import reference
from tumen.coding.consent import AUDIENCES, GRAINS, PURPOSES
from tumen.columns import OPEN, RECORDS, UNKNOWN, Condition, Dim, Header, HeaderKind, Kind, Op, Query
from tumen.counting.fields import ACTS, LISTS, PLACES, UNIT_LABELS, Schema, frame_of, schema
from tumen.counting.usable import USUAL_GRAIN
from tumen.places import Gazetteer
from tumen.vocabularies import Vocabularies

Language = Literal["en", "ko", "zh"]

WORDS = {
    "person": noop("Person"),
    "group": noop("Group"),
    "victim": noop("Victim"),
    "perpetrator": noop("Perpetrator"),
    "informant": noop("Informant"),
    "other": noop("Other"),
    "supported": noop("Told"),
    "denied": noop("Only denied"),
    "contested": noop("Told and denied"),
    "untold": noop("No telling"),
    "new": noop("Not begun"),
    "coding": noop("Being coded"),
    "coded": noop("Coded"),
    "checked": noop("Checked"),
    "waiting": noop("Wait for review"),
    "reviewed": noop("Reviewed"),
}
"""Terms of the fields that have no vocabulary."""

REASON_WORDS = {
    "embargoed": noop("not yet: agreed from a later day on"),
    "expired": noop("no longer: agreed up to an earlier day"),
    "legacy": noop("legacy form that nobody has read for this"),
    "not_asked": noop("not asked"),
    "withdrawn": noop("withdrawn"),
    "refused": noop("refused"),
    "no_interview": noop("no interview and no decision"),
}
"""What each reason is called; their codes stand in addresses."""

UNKNOWN_WORDS = {"stance": noop("unclear"), "conflict": noop("no conflict"), "names": noop("no text")}
"""What nothing known is called in fields where it says something."""

SCHEMES = {
    "paper": noop("by period"),
    "decade": noop("by decade"),
    "year": noop("by year"),
    "ten": noop("ten-year bands"),
    "ctdc": noop("CTDC bands"),
}

RULES = (
    noop("What several records tell of is counted once, by the first of them that you may see."),
    noop("Where several terms can hold, those of all records joined that you may see are taken together."),
    noop("A date that reaches over a class boundary is counted under 'spans several', not in a class."),
    noop(
        "A number told as a range, such as an age between 17 and 19, is counted in a band if all of it lies there, "
        "and under 'spans several' if it reaches over the band's edge."
    ),
    noop("A record coded less deeply than the table looks is counted under its own, wider term."),
    noop("Multiple response: one of the unit can fall into several cells; cells do not add up to the total."),
)
"""What `columns` has to state about a table; here so that translators see it."""


def language_of(code: str | None) -> Language:
    """Return the language of labels for a code such as `zh-hans`; English for any other."""
    short = (code or "en")[:2]
    return cast(Language, short) if short in ("en", "ko", "zh") else "en"


class Labels:
    """Labels in one language, fields as the rows of one unit call them. Made for one page; looks each up once."""

    def __init__(self, language: Language, unit: str = ACTS) -> None:
        self.language, self._frame = language, frame_of(unit)
        self._terms: dict[tuple[str, str], str] = {}

    @cached_property
    def schema(self) -> Schema:
        """The fields as they stand."""
        return schema()

    @cached_property
    def _lists(self) -> Vocabularies:
        return reference.vocabularies()

    @cached_property
    def _places(self) -> Gazetteer:
        return reference.places()

    def unit(self, name: str) -> str:
        """Return what a unit is called; the name itself when it is none."""
        return _(UNIT_LABELS[name]) if name in UNIT_LABELS else name

    def field(self, name: str) -> str:
        """Return what a field is called."""
        if name == "id":
            return _("Number")
        words = self.schema.words
        return _(words.get((self._frame, name)) or self.schema.fields[name].label_key)

    def term(self, field: str, key: str) -> str:
        """Return a term's own label; `unknown` is a word like any other."""
        found = self._terms.get((field, key))
        if found is None:
            found = self._terms[field, key] = self._look_up(field, key)
        return found

    def listed(self, name: str, code: str) -> str:
        """Return the label of a term of a list that no field holds; the code itself where the list has it not."""
        known = self._lists
        return known[name].label(code, self.language) if name in known and code in known[name] else code

    def consent(self, query: Query) -> str:
        """Return in words what a query asks of consent: for what, for whom, how finely, and why something may not."""
        words = " · ".join(
            self.listed(name, code or USUAL_GRAIN)
            for name, code in ((PURPOSES, query.purpose), (AUDIENCES, query.audience), (GRAINS, query.grain))
        )
        if query.because is None:
            return words
        reason = _(REASON_WORDS.get(query.because, query.because))
        return f"{words}: {reason}"

    def path(self, field: str, key: str) -> str:
        """Return a term with what stands above it, for a place outside its tree."""
        if key == UNKNOWN:
            return _("unknown")
        if field in PLACES:
            return self._places.path(key, self.language) or self._places.name(key, self.language)
        if field in LISTS:
            return self._lists[LISTS[field]].path(key, self.language)
        return self.term(field, key)

    def _look_up(self, field: str, key: str) -> str:
        if key == UNKNOWN:
            return _(UNKNOWN_WORDS.get(field, "unknown"))
        if field == "conflict":
            return self.field(key)
        if field in PLACES:
            return self._places.name(key, self.language)
        if field in LISTS:
            return self._lists[LISTS[field]].label(key, self.language)
        return _(WORDS[key])

    def says_unknown(self, field: str) -> bool:
        """Whether nothing known in a field means that it is unknown, and not something else."""
        return field not in UNKNOWN_WORDS

    def header(self, header: Header) -> str:
        """Return what heads a row or column of a table, or an entry of a facet."""
        if header.kind is HeaderKind.PERIOD:
            low, _slash, high = header.key.partition("/")
            return self.span(low, high or low)
        if header.kind is HeaderKind.SPANS:
            return _("spans several")
        label = self.term(header.field, header.key)
        if header.kind is HeaderKind.EXACTLY:
            return _("%(term)s, not closer told") % {"term": label}
        return label

    def axis(self, headers: Sequence[Header]) -> list[str]:
        """Return what heads the categories of one dimension; homonyms, such as two counties, with what they lie in."""
        labels = [self.header(header) for header in headers]
        often = Counter(labels)
        return [
            label if often[label] == 1 else f"{label} ({self.path(header.field, header.key)})"
            for label, header in zip(labels, headers, strict=True)
        ]

    def span(self, low: str, high: str) -> str:
        """Return a stretch of dates or numbers: 2000-2009, before 1990, 60 and more."""
        if low == high:
            return low
        if low == OPEN:
            return _("up to %(bound)s") % {"bound": high}
        if high == OPEN:
            # Years have four digits; ages and sizes seldom do.
            words = _("since %(bound)s") if len(low) >= 4 else _("%(bound)s and more")
            return words % {"bound": low}
        return f"{low}–{high}"

    def condition(self, condition: Condition) -> str:
        """Return what a condition asks of its field, without the field's name."""
        if condition.op is Op.IS_UNKNOWN:
            return self.term(condition.field, UNKNOWN)
        if condition.op is Op.SPANS:
            return _("spans several (%(scheme)s)") % {"scheme": self.scheme(str(condition.values[0]))}
        if condition.op in (Op.BETWEEN, Op.TOUCHES):
            span = self.span(str(condition.values[0]), str(condition.values[1]))
            return span if condition.op is Op.BETWEEN else _("touching %(span)s") % {"span": span}
        if self.schema.fields[condition.field].kind is Kind.REF:
            listed = ", ".join(f"#{value}" for value in condition.values[:5])
            more = len(condition.values) - 5
            listed += _(" and %(n)s more") % {"n": more} if more > 0 else ""
        else:
            listed = ", ".join(self.term(condition.field, str(value)) for value in condition.values)
        if condition.op is Op.NOT_IN:
            return _("not %(terms)s") % {"terms": listed}
        if condition.op is Op.EXACTLY:
            return _("%(terms)s, not closer told") % {"terms": listed}
        return listed

    def scheme(self, name: str) -> str:
        """Return what a way of cutting dates or numbers is called."""
        return _(SCHEMES[name])

    def dim(self, dim: Dim) -> str:
        """Return what a dimension of a table is called."""
        field = self.field(dim.field)
        if dim.scheme is not None:
            return f"{field}, {self.scheme(dim.scheme)}"
        if dim.level is not None and self.schema.fields[dim.field].terms.depth > 1:
            return _("%(field)s, level %(level)s") % {"field": field, "level": dim.level}
        return field

    def rule(self, text: str) -> str:
        """Return a rule that a table states."""
        return _(text)

    def resolution(self, resolution: int | Literal["records"], runs: Mapping[int, str]) -> str:
        """Return over what is counted."""
        if resolution == RECORDS:
            return _("Records as coded")
        return _("Resolved: %(run)s") % {"run": told(runs.get(int(resolution), f"#{resolution}"))}
