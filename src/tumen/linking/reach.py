"""What is a person's: the records that speak of her, in which versions, and every sealed value that must go with her.

A record is hers when it points at one of her parties (as victim, teller, speaker, seller ...). Of a record that is hers
now every version is hers, whoever it was put down to before; of one that is somebody else's now, the versions in which
it was hers. What is sealed under her own keys goes with them; what is sealed under somebody else's (the wrong victim
of an old version, a source that stays) is taken away value by value.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models

from tumen.archive import identity, states
from tumen.archive.models import Record, Superseded
from tumen.archive.sealed import SealedField, fold, is_tombstone, open_value
from tumen.coding.models import Claim, Coding, Consent, FieldNote, Name, Party
from tumen.sources.models import Original, Source

ATTRIBUTIONS = frozenset({"chain", "attributed_to", "role", "rank", "post", "speaker_told"})
"""Who says so, through whom, as what: where these name her they go, in whatever source stands."""


class Value(NamedTuple):
    """One sealed value: a field of a record in one of its versions."""

    label: str
    record: int
    version: int
    field: str


@dataclass(frozen=True)
class Hers:
    """The records of a person.

    Attributes:
        records: those that are hers now.
        once: those that were put down to her and are somebody else's now.
        states: every state of hers, as (label, state).
    """

    records: frozenset[int]
    once: frozenset[int]
    states: tuple[tuple[str, states.State], ...]


def hers(parties: Collection[int]) -> Hers:
    """Return the records that point, or once pointed, at one of these parties."""
    now: set[int] = set()
    once: set[int] = set()
    found: list[tuple[str, states.State]] = []
    wanted = json.dumps(sorted(parties))
    for label, model in states.record_models().items():
        if not (columns := _pointing(model)):
            continue
        live = set(_live_ids(model, columns, wanted))
        before = set(_kept_ids(label, columns, wanted)) - live
        now |= live
        once |= before
        for state in every_state(label, model, live):
            found.append((label, state))
        for state in every_state(label, model, before):
            if any(state.get(column) in parties for column in columns):
                found.append((label, state))
    return Hers(frozenset(now), frozenset(once), tuple(found))


def sealed_elsewhere(found: Iterable[tuple[str, states.State]], owners: Collection[int]) -> Iterator[Value]:
    """Yield the values of these states that the keys of `owners` do not open."""
    for label, state in found:
        for field in sealed_fields(states.record_models()[label]):
            if _stands(state.get(field.name)) and state[field.owner] not in owners:
                yield Value(label, state["id"], state["version"], field.name)


def naming(names: Iterable[str], sources: Collection[int], owners: Collection[int]) -> Iterator[Value]:
    """Yield the values in these sources that hold one of the names and that the keys of `owners` do not open.

    The names of other parties and the bodies of texts are left out: a source is erased as a whole or stays.
    """
    names = list(names)
    if not names or not sources:
        return
    for label, model in states.record_models().items():
        fields = [] if model is Name else sealed_fields(model)
        rows = _standing_in(model, sources)
        if not fields or rows is None:
            continue
        for part in _parts([*rows.values_list("pk", flat=True)]):
            listed = list(every_state(label, model, part))
            keys = identity.readable({state[field.owner] for state in listed for field in fields} - {None, *owners})
            for state in listed:
                for field in fields:
                    sealed, key = state.get(field.name), keys.get(state[field.owner])
                    if key is None or sealed is None or not _stands(sealed):
                        continue
                    if names_one(open_value(key, state["id"], field.name, bytes.fromhex(sealed)), names):
                        yield Value(label, state["id"], state["version"], field.name)


def _standing_in(model: type[Record], sources: Collection[int]) -> models.QuerySet[Any] | None:
    """Return the records of a kind that stand in these sources, None for a kind that stands in none."""
    if model is FieldNote:
        parties = Party._base_manager.filter(coding__source__in=sources).values("pk")
        codings = Coding._base_manager.filter(source__in=sources).values("pk")
        return FieldNote._base_manager.filter(models.Q(owner__in=parties) | models.Q(owner__in=codings))
    if model is Consent:
        return Consent._base_manager.filter(source__in=sources)
    if model is Source or model is Original:
        return model._base_manager.filter(**{"pk__in" if model is Source else "source__in": sources})
    return model._base_manager.filter(coding__source__in=sources) if issubclass(model, Claim) else None


_ALPHABETS = "a-z\u00df-\u024f\u0370-\u03ff\u0400-\u04ff\u1e00-\u1eff"
"""Small letters of alphabets that part words: Latin, Greek, Cyrillic."""


def names_one(text: str, names: Iterable[str]) -> bool:
    """Say whether one of the names stands in a text, however it is spaced and capitalised; one letter is no name.

    In alphabets that part words it stands in whole words: erasing An must not take every panel away.
    """
    told = unicodedata.normalize("NFKC", text).casefold()
    return any(len(folded := fold(name)) > 1 and re.search(_spelt(folded), told) for name in names)


def _spelt(folded: str) -> str:
    """The pattern of a folded name: anything that is no letter may stand between its letters."""
    letters = r"[\W_]*".join(map(re.escape, folded))
    return f"(?:(?<![{_ALPHABETS}])|(?![{_ALPHABETS}])){letters}(?:(?![{_ALPHABETS}])|(?<![{_ALPHABETS}]))"


def names_of(found: Hers) -> list[str]:
    """Return every spelling of her name, those of old versions included, as far as it can still be read."""
    named = [state for label, state in found.states if label == Name._meta.label_lower and _stands(state["text"])]
    keys = identity.readable({state["party_id"] for state in named})
    return sorted(
        {
            open_value(keys[state["party_id"]], state["id"], "text", bytes.fromhex(state["text"]))
            for state in named
            if state["party_id"] in keys
        }
    )


def every_state(label: str, model: type[Record], records: Iterable[int]) -> Iterator[states.State]:
    """Yield each state of some records of one kind, the live ones last."""
    for part in _parts(sorted(records)):
        for data in Superseded.objects.filter(model=label, record__in=part).values_list("data", flat=True):
            yield states.parse(data)
        with connection.cursor() as cursor:
            text = states.text_sql(model, "t")
            cursor.execute(
                f"SELECT {text} FROM {model._meta.db_table} t WHERE t.id IN (SELECT value FROM json_each(%s))",
                [json.dumps(part)],
            )
            for (data,) in cursor.fetchall():
                yield states.parse(data)


@cache
def sealed_fields(model: type[Record]) -> list[SealedField]:
    """Return the sealed fields of a kind of record, bodies of texts left out."""
    return [field for field in model._meta.concrete_fields if isinstance(field, SealedField) and field.name != "body"]


@cache
def _pointing(model: type[Record]) -> tuple[str, ...]:
    """Return the columns of a kind of record that hold a party."""
    if model is Party:
        return ("id",)
    if model is FieldNote:
        return ("owner",)  # whom the claim that it stands on is about
    return tuple(
        str(field.column)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.model is Party
    )


def _live_ids(model: type[Record], columns: Iterable[str], wanted: str) -> list[int]:
    asked = " UNION ".join(
        f"SELECT id FROM {model._meta.db_table} WHERE {column} IN (SELECT value FROM json_each(?1))"
        for column in columns
    )
    return _ids(asked, (wanted,))


def _kept_ids(label: str, columns: Iterable[str], wanted: str) -> list[int]:
    if list(columns) == ["id"]:
        return []
    asked = " OR ".join(f"json_extract(data, '$.{column}') IN (SELECT value FROM json_each(?1))" for column in columns)
    return _ids(f"SELECT DISTINCT record FROM archive_superseded WHERE model = ?2 AND ({asked})", (wanted, label))


def _ids(statement: str, parameters: tuple[Any, ...]) -> list[int]:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return [number for (number,) in connection.connection.execute(statement, parameters).fetchall()]


def _stands(sealed: str | None) -> bool:
    return sealed is not None and not is_tombstone(bytes.fromhex(sealed))


def _parts(numbers: list[int], size: int = 5000) -> Iterator[list[int]]:
    for start in range(0, len(numbers), size):
        yield numbers[start : start + size]
