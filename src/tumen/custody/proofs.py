"""Checking inclusion and consistency proofs against roots (RFC 6962, section 2.1; algorithms of RFC 9162, section 2.1).

Both functions return nothing when the proof holds and raise when it does not. They agree with the published vectors of
transparency-dev/merkle, on two questions also where the RFCs are silent: a proof from the empty tree is refused, and
trees of equal size are consistent exactly when their roots are equal, whatever these are.
"""

from __future__ import annotations

from collections.abc import Sequence

from tumen.custody.errors import EmptyTree, IndexOutsideTree, NotBytes, RootMismatch, TreeShrank, WrongProofLength
from tumen.custody.merkle import checked_hash, node_hash


def verify_inclusion(index: int, size: int, leaf_hash: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hashed as `leaf_hash` stands at `index` of the tree of `size` leaves under `root`.

    Raises IndexOutsideTree, WrongProofLength, RootMismatch, NotBytes, WrongHashLength.
    """
    if not 0 <= index < size:
        raise IndexOutsideTree(f"There is no leaf {index} in a tree of {size}.")
    checked_hash(leaf_hash, "the leaf hash")
    checked_hash(root, "the root")
    path = _checked(proof)
    inner, border = _shape(index, size)
    _check_length(path, inner + border)
    _check_root(_border(_inner(leaf_hash, path[:inner], index), path[inner:]), root, size)


def verify_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `size2` leaves under `root2` continues the tree of `size1` leaves under `root1`.

    Raises TreeShrank, EmptyTree (from size 0 to a larger one), WrongProofLength, RootMismatch, NotBytes,
    WrongHashLength.
    """
    if not 0 <= size1 <= size2:
        raise TreeShrank(f"A tree of {size2} leaves cannot continue one of {size1}.")
    for root in (root1, root2):
        if not isinstance(root, bytes):
            raise NotBytes(f"a root is of type {type(root).__name__}; give 32 bytes.")
    path = _checked(proof)
    if size1 == size2:
        _check_length(path, 0)
        _check_root(root1, root2, size1)
        return
    if size1 == 0:
        raise EmptyTree("Every tree continues the empty one; there is nothing to prove.")
    checked_hash(root1, "the earlier root")
    checked_hash(root2, "the later root")
    inner, border = _shape(size1 - 1, size2)
    level = (size1 & -size1).bit_length() - 1  # the last complete subtree of the earlier tree has 2**level leaves
    inner -= level
    if size1 == 1 << level:  # that subtree is the whole earlier tree, whose root the checker has already
        path = [root1, *path]
    _check_length(path, 1 + inner + border)
    seed, along, above = path[0], path[1 : 1 + inner], path[1 + inner :]
    place = (size1 - 1) >> level
    lefts = [element for step, element in enumerate(along) if place >> step & 1]
    _check_root(_border(seed, [*lefts, *above]), root1, size1)
    _check_root(_border(_inner(seed, along, place), above), root2, size2)


def _checked(proof: Sequence[bytes]) -> list[bytes]:
    if isinstance(proof, bytes | str):
        raise NotBytes("A proof is a list of hashes, not one string of bytes.")
    return [checked_hash(element, f"element {at} of the proof") for at, element in enumerate(proof)]


def _shape(index: int, size: int) -> tuple[int, int]:
    """Return how many steps of a leaf's path lie below the right border of the tree, and how many on it."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _inner(seed: bytes, path: list[bytes], place: int) -> bytes:
    for step, sibling in enumerate(path):
        seed = node_hash(sibling, seed) if place >> step & 1 else node_hash(seed, sibling)
    return seed


def _border(seed: bytes, path: list[bytes]) -> bytes:
    for left in path:
        seed = node_hash(left, seed)
    return seed


def _check_length(path: list[bytes], wanted: int) -> None:
    if len(path) != wanted:
        raise WrongProofLength(f"The proof has {len(path)} elements where {wanted} are needed.")


def _check_root(computed: bytes, given: bytes, size: int) -> None:
    if computed != given:
        raise RootMismatch(f"At {size} leaves the root is {computed.hex()}, not {given.hex()} as given.")
