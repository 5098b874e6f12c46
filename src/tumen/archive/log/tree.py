"""The log's Merkle tree, read from the rows of its leaves.

Each row holds the roots of all complete subtrees that end there. So the root over 2^level leaves up to and with leaf n
is the piece number `level` in row n, and neither appending nor proving reads more rows than the tree is high.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection

from tumen.archive.errors import DamagedArchive
from tumen.archive.models import Leaf
from tumen.custody import Frontier, KeptTree
from tumen.custody.merkle import HASH_BYTES


class LogTree(KeptTree):
    """The tree as it is now."""

    def __init__(self) -> None:
        self._leaves = size()

    def __len__(self) -> int:
        return self._leaves

    def node(self, level: int, index: int) -> bytes:
        """Return the root over the leaves from `index` times 2^level on, 2^level of them. Raises DamagedArchive."""
        end = ((index + 1) << level) - 1
        return _nodes([(end, level)])[0]


def size() -> int:
    """Return how many leaves the log has."""
    return int(_rows(f"SELECT COALESCE(MAX(id) + 1, 0) FROM {Leaf._meta.db_table}")[0][0])


def frontier() -> Frontier:
    """Return the tree's complete subtrees, to which leaves can be added. Raises DamagedArchive."""
    count, end, peaks = size(), 0, []
    for level in range(count.bit_length() - 1, -1, -1):
        if count >> level & 1:
            end += 1 << level
            peaks.append((end - 1, level))
    return Frontier(count, _nodes(peaks))


def _nodes(asked: list[tuple[int, int]]) -> list[bytes]:
    """Return the root of the subtree that ends with each leaf at each level."""
    marks = ",".join("?" * len(asked))
    ends = [end for end, _level in asked]
    rows = dict(_rows(f"SELECT id, nodes FROM {Leaf._meta.db_table} WHERE id IN ({marks})", ends))
    found = [bytes(rows.get(end, b""))[level * HASH_BYTES : (level + 1) * HASH_BYTES] for end, level in asked]
    for (end, _level), node in zip(asked, found, strict=True):
        if len(node) != HASH_BYTES:
            raise DamagedArchive(f"The log lacks entry {end}. `tumen verify` says what else; restore it from a backup.")
    return found


def _rows(statement: str, parameters: Sequence[int] = ()) -> list[Any]:
    """Return the answer to a statement with `?` marks, past Django's conversions."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        return list(connection.connection.execute(statement, parameters))
