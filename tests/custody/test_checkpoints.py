"""Checkpoints and self-contained proofs: what they say, and that they say it in one way only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.naive import hashes

from tumen.custody import (
    Checkpoint,
    CustodyError,
    MalformedCheckpoint,
    MalformedProofFile,
    ProofFile,
    RootMismatch,
    SigningKey,
    Tree,
    leaf_hash,
    verify_checkpoint,
)

# The example of c2sp.org/tlog-checkpoint
EXAMPLE = b"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
KEY = SigningKey.generate("archive.example/log")


def test_the_example_of_the_specification_is_read_and_written() -> None:
    checkpoint = Checkpoint.parse(EXAMPLE)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.text == EXAMPLE
    assert Checkpoint.parse(EXAMPLE + b"more\n").extensions == ("more",)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        EXAMPLE[:-1],
        EXAMPLE + b"\n",
        b"\n" + EXAMPLE,
        EXAMPLE.replace(b"2085", b"02085"),
        EXAMPLE.replace(b"20852163", b"-1"),
        EXAMPLE.replace(b"20852163", b"1e3"),
        EXAMPLE.replace(b"20852163", "２".encode()),
        EXAMPLE.replace(b"20852163", b"9" * 20),
        EXAMPLE.replace(b"q2I=", b"q2J="),
        EXAMPLE.replace(b"q2I=", b"q2I"),
        EXAMPLE.replace(b"CsUY", b""),
        b"\xff" + EXAMPLE,
        b"origin\n0\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: bytes) -> None:
    with pytest.raises(MalformedCheckpoint):
        Checkpoint.parse(text)


def test_values_that_would_not_read_back_are_not_written() -> None:
    root = bytes(32)
    for wrong in (Checkpoint("a\nb", 0, root), Checkpoint("", 0, root), Checkpoint("a", -1, root)):
        with pytest.raises(MalformedCheckpoint):
            _ = wrong.text
    for wrong in (Checkpoint("a", 0, root[:31]), Checkpoint("a", 0, root, ("",))):
        with pytest.raises(MalformedCheckpoint):
            wrong.signed(KEY)


@given(st.integers(1, 60), st.data())
def test_a_proof_file_proves_its_leaf_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = [b"leaf %d" % number for number in range(size)]
    tree = Tree(map(leaf_hash, leaves))
    index = data.draw(st.integers(0, size - 1))
    note = Checkpoint(KEY.name, size, tree.root()).signed(KEY)
    proof = ProofFile(leaves[index], index, tuple(tree.inclusion_proof(index)), note)
    again = ProofFile.parse(proof.text)
    assert again == proof
    assert again.verify([KEY.verifier.text]) == Checkpoint(KEY.name, size, tree.root())
    with pytest.raises(RootMismatch):
        ProofFile(b"another", index, proof.path, note).verify([KEY.verifier.text])


def test_no_proof_file_survives_a_flipped_bit() -> None:
    tree = Tree([*hashes(5), leaf_hash(b"a leaf")])
    proof = ProofFile(b"a leaf", 5, tuple(tree.inclusion_proof(5)), Checkpoint(KEY.name, 6, tree.root()).signed(KEY))
    for bit in range(len(proof.text) * 8):
        changed = bytearray(proof.text)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CustodyError):
            ProofFile.parse(bytes(changed)).verify([KEY.verifier.text])


@pytest.mark.parametrize(
    "change", [("extra ", ""), ("index 0", "index 00"), ("index ", ""), ("@v1", "@v2"), ("\n\n", "\n")]
)
def test_what_is_no_proof_file_is_refused(change: tuple[str, str]) -> None:
    note = Checkpoint(KEY.name, 1, leaf_hash(b"a")).signed(KEY)
    text = ProofFile(b"a", 0, (), note).text.replace(change[0].encode(), change[1].encode(), 1)
    with pytest.raises(MalformedProofFile):
        ProofFile.parse(text)


def test_a_checkpoint_is_read_only_from_a_signed_note() -> None:
    checkpoint = Checkpoint(KEY.name, 1, leaf_hash(b"a"))
    assert verify_checkpoint(checkpoint.signed(KEY), [KEY.verifier.text]) == checkpoint
    with pytest.raises(CustodyError):
        verify_checkpoint(checkpoint.text, [KEY.verifier.text])
