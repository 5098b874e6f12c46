"""The tree against its definition in RFC 6962 and the Certificate Transparency vectors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.naive import CT_LEAVES, CT_ROOTS, hashes, naive_consistency, naive_inclusion, naive_root

from tumen.custody import EMPTY_ROOT, Frontier, IndexOutsideTree, NotBytes, Tree, TreeShrank, WrongHashLength, leaf_hash


def test_roots_of_one_to_eight_leaves_are_the_published_ones() -> None:
    tree, frontier = Tree(), Frontier()
    assert tree.root().hex() == frontier.root.hex() == EMPTY_ROOT.hex() == CT_ROOTS[0]
    for data, root in zip(CT_LEAVES, CT_ROOTS[1:], strict=True):
        tree.extend([leaf_hash(data)])
        frontier.append(leaf_hash(data))
        assert tree.root().hex() == frontier.root.hex() == root


def test_every_proof_of_every_tree_up_to_40_leaves_is_that_of_the_definition() -> None:
    leaves = hashes(40)
    tree = Tree(leaves)
    for size in range(41):
        assert tree.root(size) == naive_root(leaves[:size])
        for index in range(size):
            assert tree.inclusion_proof(index, size) == naive_inclusion(index, leaves[:size])
        for earlier in range(1, size):
            assert tree.consistency_proof(earlier, size) == naive_consistency(earlier, leaves[:size])


@given(st.lists(st.integers(0, 70), max_size=6))
def test_a_tree_grown_in_any_steps_is_the_same_tree(steps: list[int]) -> None:
    leaves, tree, frontier = hashes(sum(steps)), Tree(), Frontier()
    at = 0
    for step in steps:
        tree.extend(leaves[at : at + step])
        for leaf in leaves[at : at + step]:
            frontier.append(leaf)
        at += step
    assert len(tree) == frontier.size == at
    assert tree.root() == frontier.root == naive_root(leaves)
    assert [tree.leaf(index) for index in range(at)] == leaves


@given(st.integers(0, 300), st.integers(0, 40))
def test_a_frontier_is_continued_from_what_was_stored(size: int, more: int) -> None:
    leaves = hashes(size + more)
    frontier = Frontier()
    for leaf in leaves[:size]:
        frontier.append(leaf)
    again = Frontier(frontier.size, frontier.peaks)
    for leaf in leaves[size:]:
        again.append(leaf)
    assert again.root == naive_root(leaves)


def test_a_frontier_refuses_peaks_that_are_not_of_its_size() -> None:
    with pytest.raises(TreeShrank):
        Frontier(3, hashes(1))
    with pytest.raises(TreeShrank):
        Frontier(-1, hashes(1))


def test_what_is_no_hash_is_not_taken_in() -> None:
    tree = Tree(hashes(3))
    with pytest.raises(WrongHashLength):
        tree.extend([*hashes(1), b"short"])
    with pytest.raises(NotBytes):
        tree.extend(["0" * 32])  # type: ignore[list-item]
    with pytest.raises(WrongHashLength):
        Frontier().append(b"")
    assert tree.root() == naive_root(hashes(3))


def test_what_the_tree_never_had_is_refused() -> None:
    tree = Tree(hashes(5))
    for index, size in ((5, 5), (-1, 5), (3, 3), (0, 0)):
        with pytest.raises(IndexOutsideTree):
            tree.inclusion_proof(index, size)
    with pytest.raises(IndexOutsideTree):
        tree.leaf(5)
    for size in (6, -1):
        with pytest.raises(TreeShrank):
            tree.root(size)
    with pytest.raises(TreeShrank):
        tree.consistency_proof(4, 3)
    assert tree.consistency_proof(0) == tree.consistency_proof(5, 5) == []
