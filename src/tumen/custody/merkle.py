"""The Merkle tree of RFC 6962, section 2.1: its hashes, a tree that gives proofs, and a frontier that only grows.

Leaves and inner nodes are hashed under different first bytes, so that neither can be passed off as the other.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from hashlib import sha256

from tumen.custody.errors import IndexOutsideTree, NotBytes, TreeShrank, WrongHashLength

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf's bytes: SHA-256(0x00 || leaf)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def checked_hash(value: bytes, what: str) -> bytes:
    """Return `value` if it can be a SHA-256 hash; raises NotBytes, WrongHashLength."""
    if not isinstance(value, bytes):
        raise NotBytes(f"{what} is of type {type(value).__name__}; give 32 bytes.")
    if len(value) != HASH_BYTES:
        raise WrongHashLength(f"{what} is {len(value)} bytes long; a SHA-256 hash has {HASH_BYTES}.")
    return value


class Frontier:
    """A tree that grows and forgets: the roots of its complete subtrees, largest first, at most one for each size.

    Holds 32 bytes for each bit of its size, so that a log can be continued without reading its leaves.
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Continue from a stored `size` and `peaks`; raises TreeShrank when they do not belong together."""
        self.size = size
        self.peaks = [checked_hash(peak, "a peak") for peak in peaks]
        if size < 0 or len(self.peaks) != size.bit_count():
            raise TreeShrank(f"{len(self.peaks)} peaks do not make a tree of {size} leaves.")

    def append(self, leaf: bytes) -> list[bytes]:
        """Add one leaf hash at the end; return it with the nodes that it completes, each above the one before."""
        made = [checked_hash(leaf, "a leaf hash")]
        for _ in range((~self.size & (self.size + 1)).bit_length() - 1):
            made.append(node_hash(self.peaks.pop(), made[-1]))
        self.peaks.append(made[-1])
        self.size += 1
        return made

    @property
    def root(self) -> bytes:
        """The root of the tree as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root


class KeptTree(ABC):
    """A tree of which somebody keeps every complete node: it gives its root and proofs at any size it ever had."""

    @abstractmethod
    def __len__(self) -> int:
        """The number of leaves."""

    @abstractmethod
    def node(self, level: int, index: int) -> bytes:
        """Return the root over the leaves from `index` times 2^level on, 2^level of them; all of them are there."""

    def leaf(self, index: int) -> bytes:
        """Return the hash of leaf `index`; raises IndexOutsideTree."""
        self._check(index, len(self))
        return self.node(0, index)

    def root(self, size: int | None = None) -> bytes:
        """Return the root that the tree had at `size` leaves, or has now; raises TreeShrank."""
        size = self._size(size)
        return self._span(0, size) if size else EMPTY_ROOT

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the audit path of RFC 6962, section 2.1.1, of leaf `index` in the tree of `size` leaves.

        Raises IndexOutsideTree, and TreeShrank when the tree never had that size.
        """
        size = self._size(size)
        self._check(index, size)
        start, end, path = 0, size, []
        while end - start > 1:
            middle = start + _split(end - start)
            if index < middle:
                path.append(self._span(middle, end))
                end = middle
            else:
                path.append(self._span(start, middle))
                start = middle
        return path[::-1]

    def consistency_proof(self, size1: int, size2: int | None = None) -> list[bytes]:
        """Return the proof of RFC 6962, section 2.1.2, that the tree of `size2` leaves continues the one of `size1`.

        It is empty where nothing needs proof: from size 0, and between equal sizes. Raises TreeShrank.
        """
        size2 = self._size(size2)
        if not 0 <= size1 <= size2:
            raise TreeShrank(f"There is no proof from {size1} leaves to {size2}.")
        if size1 in (0, size2):
            return []
        start, end, path, whole = 0, size2, [], True
        while size1 != end:
            middle = start + _split(end - start)
            if size1 <= middle:
                path.append(self._span(middle, end))
                end = middle
            else:
                path.append(self._span(start, middle))
                start, whole = middle, False
        return ([] if whole else [self._span(start, end)]) + path[::-1]

    def _size(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise TreeShrank(f"The tree has {len(self)} leaves and never had {size}.")
        return size

    @staticmethod
    def _check(index: int, size: int) -> None:
        if not 0 <= index < size:
            raise IndexOutsideTree(f"There is no leaf {index} in a tree of {size}.")

    def _span(self, start: int, end: int) -> bytes:
        """Return the root over leaves start..end; `start` is a multiple of a power of two not below their number."""
        width = end - start
        if width.bit_count() == 1:
            level = width.bit_length() - 1
            return self.node(level, start >> level)
        middle = start + _split(width)
        return node_hash(self._span(start, middle), self._span(middle, end))


class Tree(KeptTree):
    """A tree whose nodes are in memory, 64 bytes a leaf."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        self._levels = [bytearray()]
        self.extend(leaves)

    def __len__(self) -> int:
        return len(self._levels[0]) // HASH_BYTES

    def node(self, level: int, index: int) -> bytes:
        """Return the root over the leaves from `index` times 2^level on, 2^level of them."""
        return bytes(self._levels[level][index * HASH_BYTES : (index + 1) * HASH_BYTES])

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaf hashes at the end, level by level; raises NotBytes, WrongHashLength, and then adds none."""
        self._levels[0] += b"".join([checked_hash(leaf, "a leaf hash") for leaf in leaves])
        for level, below in enumerate(self._levels):
            if len(below) < 2 * HASH_BYTES:
                break
            if level + 1 == len(self._levels):
                self._levels.append(bytearray())
            above = self._levels[level + 1]
            new = memoryview(below)[2 * len(above) : len(below) - len(below) % (2 * HASH_BYTES)]
            pairs = range(0, len(new), 2 * HASH_BYTES)
            above += b"".join([sha256(b"\x01" + new[at : at + 2 * HASH_BYTES]).digest() for at in pairs])
            new.release()


def _split(width: int) -> int:
    """Return the largest power of two below `width`, which is at least 2."""
    return 1 << ((width - 1).bit_length() - 1)
