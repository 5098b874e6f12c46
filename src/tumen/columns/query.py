"""Query: one question to the archive as a plain value, and its canonical text form for URLs and manifests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal, TypeVar
from urllib.parse import quote, unquote_plus

from tumen.columns.conditions import BadQuery, Condition, Op, Value
from tumen.columns.domains import UNKNOWN
from tumen.columns.fields import Field, Fields, Kind

RECORDS: Literal["records"] = "records"
"""The resolution in which every record is an act, person or incident of its own."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class Query:
    """What is asked, of which data; the same value for lists, tables, maps, exports, the API and manifests.

    Attributes:
        unit: what is counted and listed.
        where: the conditions, all of which must hold.
        text: free text. It never enters the text form: the server keeps it under a `token`.
        token: stands for free text in the text form.
        resolution: "records", or the number of a linkage run.
        as_of: the change up to which the archive is to be read; None is now.
        checked: only records that a second person has checked.
        sort: field names, "-" before a name for descending, "id" for ids; unknowns come last in both directions.
        columns: the fields a list shows, in order; empty for the unit's own choice.
        page_size, page: the part of the list, the first page being 1.
        purpose, audience: only rows that may be used for this purpose by this audience; both or neither.
        grain: how much of them is to be shown; None is the usual one, `Consents.grain`.
        because: instead, the rows that may not be used so, for this reason.
    """

    unit: str
    where: tuple[Condition, ...] = ()
    text: str | None = None
    token: str | None = None
    resolution: int | Literal["records"] = RECORDS
    as_of: int | None = None
    checked: bool = False
    sort: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    page_size: int = 50
    page: int = 1
    purpose: str | None = None
    audience: str | None = None
    grain: str | None = None
    because: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "where", tuple(sorted(set(self.where), key=Condition.pair)))
        object.__setattr__(self, "sort", tuple(self.sort))
        object.__setattr__(self, "columns", tuple(self.columns))

    def narrowed(self, *conditions: Condition) -> Query:
        """The same question with further conditions, from its first page."""
        return replace(self, where=(*self.where, *conditions), page=1)

    def without(self, field: str) -> Query:
        """The same question with every condition on one field dropped, from its first page."""
        return replace(self, where=tuple(c for c in self.where if c.field != field), page=1)

    def check(self, fields: Mapping[str, Field]) -> None:
        """Raise BadQuery unless every field, term, bound and number fits; called by every engine function."""
        for condition in self.where:
            condition.check(self.field(condition.field, fields))
        for name in (*(name.removeprefix("-") for name in self.sort), *self.columns):
            if name != "id":
                self.field(name, fields)
        if self.page < 1 or self.page_size < 1:
            raise BadQuery("page {page} of {size} rows: both start at 1", page=self.page, size=self.page_size)
        if self.resolution != RECORDS and not isinstance(self.resolution, int):
            raise BadQuery("run {run!r} is neither 'records' nor the number of a run", run=self.resolution)
        if (self.purpose is None) != (self.audience is None):
            raise BadQuery("a purpose and an audience are asked for together")
        if self.purpose is None and (self.grain is not None or self.because is not None):
            raise BadQuery("a granularity or a reason asks for a purpose and an audience as well")

    def field(self, name: str, fields: Mapping[str, Field]) -> Field:
        """The field of this name, if it exists and applies to the unit; else BadQuery."""
        if name not in fields or self.unit not in fields[name].units:
            usable = [field.name for field in fields.values() if self.unit in field.units]
            near = get_close_matches(name, usable, 3, 0.5)
            if name in fields:
                raise BadQuery("the field {field!r} does not apply to {unit}", near, field=name, unit=self.unit)
            raise BadQuery("the field {field!r} does not exist", near, field=name)
        return fields[name]

    def to_text(self, token: str | None = None) -> str:
        """The canonical text form: equal queries give equal texts, and `parse` gives the query back.

        Raises:
            BadQuery: the query holds free text and neither `token` nor its own token stands for it. Free text, which
                may be a name, is kept out of addresses, logs and manifests.
        """
        token = token or self.token
        if self.text is not None and not token:
            raise BadQuery("free text never enters the text form: store it and give a token for it")
        optional: list[tuple[str, str | None]] = [
            ("run", None if self.resolution == RECORDS else str(self.resolution)),
            ("asof", None if self.as_of is None else str(self.as_of)),
            ("checked", "yes" if self.checked else None),
            ("q", token),
            ("sort", ",".join(self.sort) or None),
            ("columns", ",".join(self.columns) or None),
            ("size", None if self.page_size == 50 else str(self.page_size)),
            ("page", None if self.page == 1 else str(self.page)),
            ("purpose", self.purpose),
            ("audience", self.audience),
            ("grain", self.grain),
            ("because", self.because),
        ]
        pairs = [f"unit={quote(self.unit)}", *("=".join(condition.pair()) for condition in self.where)]
        pairs += [f"{key}={quote(value, safe=',-._~')}" for key, value in optional if value is not None]
        return "&".join(pairs)

    @classmethod
    def parse(cls, text: str, fields: Fields) -> Query:
        """Read a text form; the token of free text comes back as `token`.

        Raises:
            BadQuery: a key is neither a field nor a setting, a term or bound does not exist, a setting comes twice,
                or the unit is missing; the message says which, `near` what may be meant.
        """
        settings: dict[str, str] = {}
        asked: list[tuple[str, str]] = []
        # The raw value is split before it is unescaped, so that a key of a term may hold any character but a comma.
        # Half a character, from the argument of a command or a broken address, is no character.
        for part in text.removeprefix("?").encode("utf-8", "replace").decode().split("&"):
            key, equals, raw = part.partition("=")
            if not part:
                continue
            if not equals:
                raise BadQuery("{key!r} has no value", key=part)
            if key in _SETTINGS:
                if key in settings:
                    raise BadQuery("{key!r} is given twice", key=key)
                settings[key] = unquote_plus(raw)
            else:
                asked.append((key, raw))
        if "unit" not in settings:
            raise BadQuery("no unit is given")
        if settings["unit"] not in fields.units:
            near = get_close_matches(settings["unit"], fields.units, 3, 0.5)
            raise BadQuery("there is no unit {unit!r}", near, unit=settings["unit"])
        bare = cls(settings["unit"])
        query = replace(
            bare,
            where=tuple(_condition(bare, key, raw, fields) for key, raw in asked),
            token=settings.get("q"),
            resolution=_number(settings, "run", RECORDS),
            as_of=_number(settings, "asof", None),
            checked=_flag(settings, "checked"),
            sort=_list(settings, "sort"),
            columns=_list(settings, "columns"),
            page_size=_number(settings, "size", 50),
            page=_number(settings, "page", 1),
            purpose=settings.get("purpose"),
            audience=settings.get("audience"),
            grain=settings.get("grain"),
            because=settings.get("because"),
        )
        query.check(fields)
        return query


_SETTINGS = (
    "unit", "run", "asof", "checked", "q", "sort", "columns", "size", "page", "purpose", "audience", "grain", "because",
)  # fmt: skip


def _condition(query: Query, key: str, raw: str, fields: Fields) -> Condition:
    name, _, suffix = key.partition(".")
    if name not in fields:
        near = (*fields.near(name), *get_close_matches(name, _SETTINGS))
        raise BadQuery("{key!r} is neither a field nor a setting", near, key=name)
    field = query.field(name, fields)
    if raw == UNKNOWN and not suffix:
        return Condition(name, Op.IS_UNKNOWN)
    try:
        op = Op(suffix) if suffix else (Op.BETWEEN if field.kind.ranged else Op.IN)
    except ValueError:
        known = [op.value for op in Op]
        raise BadQuery("{key!r}: there is no operation {op!r}", known, key=key, op=suffix) from None
    values: list[Value]
    if op in (Op.BETWEEN, Op.TOUCHES):
        low, slash, high = raw.partition("/")
        values = [unquote_plus(low), unquote_plus(high if slash else low)]
    else:
        values = [unquote_plus(part) for part in raw.split(",")]
    if field.kind is Kind.REF:
        values = [int(value) if str(value).isascii() and str(value).isdigit() else value for value in values]
    return Condition(name, op, tuple(values))


def _number(settings: Mapping[str, str], key: str, default: _T) -> int | _T:
    value = settings.get(key)
    if value is None:
        return default
    if not (value.isascii() and value.isdigit()):
        raise BadQuery("{key}={value!r} is not a number", key=key, value=value)
    return int(value)


def _flag(settings: Mapping[str, str], key: str) -> bool:
    value = settings.get(key, "no")
    if value not in ("yes", "no"):
        raise BadQuery("{key}={value!r}: write yes or no", key=key, value=value)
    return value == "yes"


def _list(settings: Mapping[str, str], key: str) -> tuple[str, ...]:
    return tuple(name for name in settings.get(key, "").split(",") if name)
