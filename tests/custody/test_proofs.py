"""Proofs are accepted when they are those of the definition, and refused when anything about them is otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.naive import CT_LEAVES, CT_ROOTS, hashes, naive_consistency, naive_inclusion, naive_root

from tumen.custody import (
    CustodyError,
    EmptyTree,
    IndexOutsideTree,
    NotBytes,
    RootMismatch,
    TreeShrank,
    WrongHashLength,
    WrongProofLength,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

ROOTS = [bytes.fromhex(root) for root in CT_ROOTS]
SOME = bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456")

# transparency-dev/merkle, proof/verify_test.go: index, size, path
INCLUSIONS = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
# the same: earlier size, later size, proof
CONSISTENCIES = [
    (1, 1, []),
    (1, 8, INCLUSIONS[1][2]),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
    (
        6,
        7,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def wrong_proofs(proof: list[bytes], *others: bytes) -> list[list[bytes]]:
    """Every way the published tests corrupt a proof, and a flipped bit in each element."""
    wrong = [[*proof, b""], [b"", *proof]]
    wrong += [[*proof, other] for other in others] + [[other, *proof] for other in others]
    wrong += [[*proof[:at], flipped(element, 3), *proof[at + 1 :]] for at, element in enumerate(proof)]
    if proof:
        wrong += [proof[:-1], proof[1:], []]
    if len(set(proof)) > 1:
        wrong += [proof[::-1], [*proof[1:], proof[0], SOME]]
    return wrong


@pytest.mark.parametrize(("index", "size", "path"), INCLUSIONS)
def test_published_inclusion_proofs_hold_and_their_corruptions_do_not(index: int, size: int, path: list[str]) -> None:
    leaf, proof, root = leaf_hash(CT_LEAVES[index]), [bytes.fromhex(element) for element in path], ROOTS[size]
    verify_inclusion(index, size, leaf, proof, root)
    wrong: list[tuple[Any, ...]] = [
        (index - 1, size, leaf, proof, root),
        (index + 1, size, leaf, proof, root),
        (index ^ 2, size, leaf, proof, root),
        (index, size * 2, leaf, proof, root),
        (index, size // 2, leaf, proof, root),
        (index, size, b"WrongLeaf", proof, root),
        (index, size, leaf, proof, ROOTS[0]),
        (index, size, leaf, proof, SOME),
        (index, size, leaf, proof, root + b"\0"),
        *((index, size, leaf, other, root) for other in wrong_proofs(proof, root)),
    ]
    for arguments in wrong:
        with pytest.raises(CustodyError):
            verify_inclusion(*arguments)


@pytest.mark.parametrize(("size1", "size2", "path"), CONSISTENCIES)
def test_published_consistency_proofs_hold_and_their_corruptions_do_not(
    size1: int, size2: int, path: list[str]
) -> None:
    root1, root2, proof = ROOTS[size1], ROOTS[size2], [bytes.fromhex(element) for element in path]
    verify_consistency(size1, size2, root1, root2, proof)
    wrong: list[tuple[Any, ...]] = [
        (size1 - 1, size2, root1, root2, proof),
        (size1 + 1, size2, root1, root2, proof),
        (size1 ^ 2, size2, root1, root2, proof),
        (size1, size2 * 2, root1, root2, proof),
        (size1, size2 // 2, root1, root2, proof),
        (size1, size2, b"WrongRoot", root2, proof),
        (size1, size2, root1, b"WrongRoot", proof),
        *((size1, size2, root1, root2, other) for other in wrong_proofs(proof, root1, root2)),
    ]
    if root1 != root2:
        wrong.append((size1, size2, root2, root1, proof))
    for arguments in wrong:
        with pytest.raises(CustodyError):
            verify_consistency(*arguments)


@given(st.data())
def test_a_proof_of_the_definition_holds_and_no_other_tree_fits_it(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 150))
    index = data.draw(st.integers(0, size - 1))
    leaves = hashes(size)
    proof, root = naive_inclusion(index, leaves), naive_root(leaves)
    verify_inclusion(index, size, leaves[index], proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index) if size > 1 else st.just(1))
    with pytest.raises(CustodyError):
        verify_inclusion(other, size, leaves[index], proof, root)
    with pytest.raises(RootMismatch):
        verify_inclusion(index, size, flipped(leaves[index], data.draw(st.integers(0, 255))), proof, root)
    for corrupted in wrong_proofs(proof, root):
        with pytest.raises(CustodyError):
            verify_inclusion(index, size, leaves[index], corrupted, root)


@given(st.data())
def test_consistency_of_the_definition_holds_and_of_a_rewritten_past_does_not(data: st.DataObject) -> None:
    size2 = data.draw(st.integers(2, 150))
    size1 = data.draw(st.integers(1, size2 - 1))
    leaves = hashes(size2)
    proof, root1, root2 = naive_consistency(size1, leaves), naive_root(leaves[:size1]), naive_root(leaves)
    verify_consistency(size1, size2, root1, root2, proof)
    for corrupted in wrong_proofs(proof, root1, root2):
        with pytest.raises(CustodyError):
            verify_consistency(size1, size2, root1, root2, corrupted)
    rewritten = list(leaves)
    at = data.draw(st.integers(0, size1 - 1))
    rewritten[at] = flipped(rewritten[at], 0)
    with pytest.raises(RootMismatch):
        verify_consistency(size1, size2, root1, naive_root(rewritten), naive_consistency(size1, rewritten))


def test_an_empty_tree_holds_no_leaf() -> None:
    for index in (0, 1, -1):
        with pytest.raises(IndexOutsideTree):
            verify_inclusion(index, 0, SOME, [], ROOTS[0])
    with pytest.raises(IndexOutsideTree):
        verify_inclusion(2, 1, SOME, [], ROOTS[0])


def test_nothing_is_proven_from_the_empty_tree() -> None:
    for proof in ([], [ROOTS[0]]):
        with pytest.raises(EmptyTree):
            verify_consistency(0, 1, ROOTS[0], ROOTS[1], proof)


def test_trees_of_one_size_are_consistent_when_their_roots_are_equal_and_the_proof_is_empty() -> None:
    # transparency-dev/merkle, testdata/consistency/additional: whatever the equal roots are
    for size, root in ((0, ROOTS[0]), (1, ROOTS[1]), (8, ROOTS[8]), (0, b"don't care 1"), (1, b"don't care 2")):
        verify_consistency(size, size, root, root, [])
        with pytest.raises(WrongProofLength):
            verify_consistency(size, size, root, root, [ROOTS[0]])
        with pytest.raises(RootMismatch):
            verify_consistency(size, size, root, SOME, [])


def test_a_tree_does_not_shrink() -> None:
    for size1, size2 in ((1, 0), (2, 1), (-1, 1), (-1, -1)):
        with pytest.raises(TreeShrank):
            verify_consistency(size1, size2, ROOTS[1], ROOTS[1], [])


def test_a_surplus_or_missing_element_is_told_from_a_wrong_one() -> None:
    leaves = hashes(7)
    proof, root = naive_inclusion(3, leaves), naive_root(leaves)
    for wrong in (proof[:-1], [*proof, SOME], []):
        with pytest.raises(WrongProofLength):
            verify_inclusion(3, 7, leaves[3], wrong, root)
    with pytest.raises(WrongProofLength):
        verify_consistency(3, 7, naive_root(leaves[:3]), root, [])


def test_only_bytes_of_the_right_length_are_hashes() -> None:
    as_text: Any = "0" * 32
    for arguments in ((as_text, [], ROOTS[1]), (ROOTS[1], [], bytearray(ROOTS[1])), (ROOTS[1], b"", ROOTS[1])):
        with pytest.raises(NotBytes):
            verify_inclusion(0, 1, *arguments)
    with pytest.raises(NotBytes):
        verify_inclusion(0, 2, ROOTS[1], [as_text], ROOTS[1])
    with pytest.raises(NotBytes):
        verify_consistency(1, 1, as_text, as_text, [])
    with pytest.raises(NotBytes):
        verify_consistency(1, 2, ROOTS[1], ROOTS[2], ROOTS[1])  # type: ignore[arg-type]
    for leaf, root in ((b"", ROOTS[1]), (ROOTS[1], ROOTS[1][:31])):
        with pytest.raises(WrongHashLength):
            verify_inclusion(0, 1, leaf, [], root)
    for root1, root2 in ((b"", ROOTS[2]), (ROOTS[1], b"")):
        with pytest.raises(WrongHashLength):
            verify_consistency(1, 2, root1, root2, [SOME])
