"""The terms a coded field can take: codes in depth-first order, so that a term with all below it is one code range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import numpy as np

from tumen.columns.arrays import Array, Int32s, code_type

UNKNOWN = "unknown"
"""The term at code 0 of every domain: nothing is recorded."""


class BadDomain(ValueError):
    """A list of terms does not make a tree: a term twice, a parent missing, a circle, or a reserved key."""


class Domain:
    """A list or tree of terms with codes 1.. in depth-first order; code 0 is `unknown`.

    Args:
        terms: pairs (key, key of the parent or None), siblings in the order in which they are to be shown.

    Attributes:
        keys: the key of each code.
        level: the depth of each code; 0 for unknown, 1 for the top terms.
        end: the first code after each term's subtree, so that `code <= c < end[code]` means "this or narrower".
        depth: the deepest level (1 for a flat list).
    """

    def __init__(self, terms: Iterable[tuple[str, str | None]]) -> None:
        children: dict[str | None, list[str]] = {None: []}
        parents: dict[str, str | None] = {}
        for key, parent in terms:
            if key in parents or key == UNKNOWN or not key or "," in key:
                raise BadDomain(f"term {key!r}: keys are unique, not empty, without commas and not {UNKNOWN!r}")
            parents[key] = parent
            children.setdefault(parent, []).append(key)
        keys, levels, ends = [UNKNOWN], [0], [1]
        waiting = [(key, 1) for key in reversed(children[None])]
        while waiting:
            key, level = waiting.pop()
            keys.append(key)
            levels.append(level)
            ends.append(len(keys))
            waiting.extend((child, level + 1) for child in reversed(children.get(key, ())))
        if len(keys) != len(parents) + 1:
            lost = sorted(set(parents) - set(keys))
            raise BadDomain(f"terms not reachable from a top term (parent missing or circle): {', '.join(lost[:5])}")
        self.keys = tuple(keys)
        self._codes = {key: code for code, key in enumerate(keys)}
        self.parent: Int32s = np.array([-1] + [self._codes.get(parents[k] or "", -1) for k in keys[1:]], np.int32)
        for code in range(len(keys) - 1, 0, -1):
            if (parent_code := int(self.parent[code])) > 0:
                ends[parent_code] = max(ends[parent_code], ends[code])
        self.level: Int32s = np.array(levels, np.int32)
        self.end: Int32s = np.array(ends, np.int32)
        self.depth = max(1, max(levels))
        self.dtype = code_type(len(keys))

    @classmethod
    def flat(cls, keys: Iterable[str]) -> Domain:
        """A domain without levels."""
        return cls((key, None) for key in keys)

    def __len__(self) -> int:
        return len(self.keys)

    def __contains__(self, key: object) -> bool:
        return key in self._codes

    def code(self, key: str) -> int:
        """The code of a term; KeyError if it is not in the domain."""
        return self._codes[key]

    def encode(self, keys: Sequence[str | None]) -> Array:
        """The codes of many terms, None being unknown; KeyError names the first that is not in the domain."""
        codes = self._codes
        return np.fromiter((codes[key] if key else 0 for key in keys), self.dtype, len(keys))

    def near(self, key: str) -> tuple[str, ...]:
        """Up to three terms that are spelt like `key`, best first."""
        return tuple(get_close_matches(key, self.keys, 3, 0.5))

    def rollup(self, level: int) -> Int32s:
        """For each code its ancestor at `level`, or the code itself where it stands higher up already.

        The result never decreases along the codes: this is what lets one sort serve every level.
        """
        rolled = np.arange(len(self.keys), dtype=np.int32)
        for code in np.flatnonzero(self.level > level):
            rolled[code] = rolled[self.parent[code]]
        return rolled
