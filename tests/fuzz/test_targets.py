"""Each parser of outside data, on whole inputs and on inputs changed at random: it ends well or says what is wrong."""

from __future__ import annotations

import os
import random

import pytest
from tests.fuzz.targets import TARGETS, Target

CHANGES = 60


def changed(data: bytes, choose: random.Random) -> bytes:
    """Flip bits, cut, repeat, swap or insert, a few times over."""
    content = bytearray(data)
    for _ in range(choose.randint(1, 4)):
        at, length = choose.randrange(len(content) + 1), choose.randint(1, 9)
        match choose.randrange(5):
            case 0 if content:
                content[at % len(content)] ^= 1 << choose.randrange(8)
            case 1:
                del content[at : at + length]
            case 2:
                content[at:at] = content[at : at + length] * choose.choice((2, 40))
            case 3:
                content[at:at] = choose.randbytes(length)
            case _:
                content[at:at] = choose.choice(
                    (b"\0", b"\n", b'"', b"[" * 200, b"9" * 400, "\ud55c".encode(), b"\xed\xa0\x80")
                )
    return bytes(content)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_whole_inputs_are_read(target: Target) -> None:
    read = [seed for seed in target.seeds if ends_well(target, seed)]
    assert read or target is TARGETS["timestamp"] or target is TARGETS["keys.json"]


def ends_well(target: Target, data: bytes) -> bool:
    try:
        target.parse(data)
    except target.raises:
        return False
    return True


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_changed_inputs_are_read_or_refused_in_words(target: Target) -> None:
    choose = random.Random(os.environ.get("TUMEN_SEED", 1))
    for _ in range(CHANGES):
        target.run(changed(choose.choice(target.seeds), choose))
