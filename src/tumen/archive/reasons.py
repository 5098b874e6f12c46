"""Why something was done: the program's own words stay plain, what a person typed is sealed.

People write names into reasons. A typed reason is sealed under a key that belongs to its change (or bulk job) alone, so
that it can be destroyed with a person it speaks of; the sentences the program itself gives name nobody, are the same
for everyone, and need no key.
"""

from __future__ import annotations

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


def told(entry: Any, owner: int | None) -> str | None:
    """Return the reason of a change or bulk job, None when it was erased. For the guard, and for those who typed it."""
    if entry.said is None:
        return str(entry.why)
    keys = identity.readable([owner] if owner is not None else ())
    if owner not in keys or is_tombstone(entry.said):
        return None
    return open_value(keys[owner], owner, FIELD, entry.said)
