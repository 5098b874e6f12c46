"""Why something was done: the program's own words stay plain, what a person typed is sealed.

People write names into reasons. A typed reason is sealed under a key that belongs to its change (or bulk job) alone, so
that it can be destroyed with a person it speaks of; the sentences the program itself gives name nobody, are the same
for everyone, and need no key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypedDict

from tumen.archive import identity
from tumen.archive.sealed import is_tombstone, open_value, seal_value
from tumen.archive.sentences import is_ours

FIELD = "said"


class Kept(TypedDict):
    """The two columns in which a reason is kept, one of them empty."""

    why: str
    said: bytes | None


def kept(why: str, owner: int) -> Kept:
    """Return a reason as its columns hold it, a typed one sealed under the key of `owner`, which only it has."""
    if not why or is_ours(why):
        return Kept(why=why, said=None)
    key = identity.keys_for([owner], make=True)[owner]
    return Kept(why="", said=seal_value(key, owner, FIELD, 1, why))


def opened(entries: Iterable[tuple[int, bytes | memoryview]]) -> Iterator[tuple[int, str]]:
    """Yield (owner, reason) of typed reasons given as (owner, ciphertext), those that were erased left out."""
    listed = list(entries)
    keys = identity.readable(owner for owner, _said in listed)
    for owner, said in listed:
        if owner in keys and not is_tombstone(said):
            yield owner, open_value(keys[owner], owner, FIELD, said)


def told(entry: Any, owner: int | None) -> str | None:
    """Return the reason of a change or bulk job, None when it was erased. For the guard, and for those who typed it."""
    if entry.said is None:
        return str(entry.why)
    return next((reason for _owner, reason in opened([(owner or 0, entry.said)])), None)
