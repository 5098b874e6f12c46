"""A second party signs what continues the log, and nothing else, whoever asks and however often."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.naive import hashes

from tumen.custody import (
    Checkpoint,
    CustodyError,
    DamagedCountersigningState,
    Forked,
    InvalidSignature,
    Kind,
    MalformedRequest,
    NoCountersigningState,
    OldSizeDiffers,
    RolledBack,
    SigningKey,
    Tree,
    UnknownLog,
    UnsignedNote,
    WrongProofLength,
    add_lines,
    countersign,
    countersign_request,
    start_state,
    verify_note,
)

ORIGIN = "archive.example/log"
LOG = SigningKey(ORIGIN, Kind.NOTE, bytes(range(32)))
SECOND = SigningKey("partner.example/second", Kind.COSIGNATURE, bytes(range(1, 33)))
TREE = Tree(hashes(40))
FORK = Tree([*hashes(3), b"x" * 32, *hashes(40)[4:]])


def note(size: int, tree: Tree = TREE, key: SigningKey = LOG) -> bytes:
    return Checkpoint(ORIGIN, size, tree.root(size)).signed(key)


def request(old: int, new: int, tree: Tree = TREE) -> bytes:
    return countersign_request(old, tree.consistency_proof(old, new), note(new, tree))


def ask(state: Path, file: bytes, time: int = 1_700_000_000) -> bytes:
    return countersign(file, [LOG.verifier.text], SECOND, state, time)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    start_state(tmp_path / "state.json")
    return tmp_path / "state.json"


def test_a_log_that_grows_is_countersigned_each_time(state: Path) -> None:
    for time, (old, new) in enumerate([(0, 5), (5, 5), (5, 6), (6, 40)]):
        both = add_lines(note(new), [ask(state, request(old, new), time)])
        signed = verify_note(both, [LOG.verifier.text, SECOND.verifier.text])
        assert [one.time for one in signed.signatures] == [None, time]


def test_an_empty_log_can_be_countersigned(state: Path) -> None:
    for _ in range(2):
        ask(state, request(0, 0))
    with pytest.raises(Forked):
        ask(state, countersign_request(0, [], Checkpoint(ORIGIN, 0, bytes(32)).signed(LOG)))
    ask(state, request(0, 3))


def test_a_rolled_back_log_is_refused_whatever_old_size_it_says(state: Path) -> None:
    ask(state, request(0, 20))
    for old in (0, 5, 10, 20):
        with pytest.raises(RolledBack):
            ask(state, countersign_request(old, [], note(10)))


def test_a_forked_log_is_refused_at_the_same_size_and_later(state: Path) -> None:
    ask(state, request(0, 20))
    with pytest.raises(Forked):
        ask(state, request(20, 20, FORK))
    with pytest.raises(Forked):
        ask(state, request(20, 30, FORK))
    with pytest.raises(Forked):
        ask(state, countersign_request(20, TREE.consistency_proof(20, 30), note(30, FORK)))
    ask(state, request(20, 30))


def test_a_proof_from_another_size_is_refused_with_the_size_to_start_from(state: Path) -> None:
    ask(state, request(0, 20))
    for old in (0, 19, 21):
        with pytest.raises(OldSizeDiffers) as refused:
            ask(state, request(old, 30))
        assert refused.value.known == 20


def test_a_first_checkpoint_comes_without_a_proof_and_a_later_one_with_all_of_it(state: Path) -> None:
    with pytest.raises(WrongProofLength):
        ask(state, countersign_request(0, hashes(1), note(5)))
    ask(state, request(0, 5))
    with pytest.raises(WrongProofLength):
        ask(state, countersign_request(5, [], note(9)))


def test_only_logs_whose_key_is_given_are_signed(state: Path) -> None:
    with pytest.raises(UnknownLog):
        countersign(request(0, 5), [SigningKey.generate("other.example").verifier.text], SECOND, state, 1)
    with pytest.raises(UnsignedNote):
        ask(state, countersign_request(0, [], note(5, key=SigningKey.generate(ORIGIN))))
    with pytest.raises(InvalidSignature):
        ask(state, request(0, 5).replace(b"\n5\n", b"\n6\n"))
    assert state.read_text() == "{}\n"


def test_two_logs_do_not_mix(state: Path) -> None:
    other = SigningKey.generate("other.example")
    ask(state, request(0, 20))
    file = countersign_request(0, [], Checkpoint("other.example", 3, FORK.root(3)).signed(other))
    countersign(file, [LOG.verifier.text, other.verifier.text], SECOND, state, 1)
    assert {origin: size for origin, (size, _) in json.loads(state.read_text()).items()} == {
        ORIGIN: 20,
        "other.example": 3,
    }


def test_a_lost_or_damaged_state_is_not_taken_for_a_fresh_one(state: Path) -> None:
    ask(state, request(0, 20))
    whole = state.read_text()
    for damaged in (whole[:-5], "[]", '{"a": 3}', whole.replace("20", "-1"), '{"a": [3, "00"]}'):
        state.write_text(damaged)
        with pytest.raises(DamagedCountersigningState):
            ask(state, request(20, 30))
    state.unlink()
    with pytest.raises(NoCountersigningState):
        ask(state, request(20, 30))
    assert not state.exists()


def test_a_state_is_not_started_over_another(state: Path) -> None:
    with pytest.raises(FileExistsError):
        start_state(state)


@pytest.mark.parametrize("head", [b"", b"old", b"old -1", b"old 01", b"old 0\nAAAA", b"old 0\n*", b"size 0"])
def test_what_is_no_request_is_refused(state: Path, head: bytes) -> None:
    with pytest.raises(MalformedRequest):
        ask(state, head + b"\n\n" + note(5))


@given(st.integers(1, 39), st.integers(1, 40), st.integers(0, 40), st.booleans())
def test_no_fork_and_no_roll_back_is_ever_signed(tmp_path_factory, seen, new, old, forked) -> None:  # type: ignore[no-untyped-def]
    state = tmp_path_factory.mktemp("second") / "state.json"
    start_state(state)
    ask(state, request(0, seen))
    tree = FORK if forked else TREE
    proof = tree.consistency_proof(min(old, new), new)
    continues = tree.root(seen) == TREE.root(seen)
    if old == seen <= new and continues:
        ask(state, countersign_request(old, proof, note(new, tree)))
    else:
        with pytest.raises(CustodyError):
            ask(state, countersign_request(old, proof, note(new, tree)))
