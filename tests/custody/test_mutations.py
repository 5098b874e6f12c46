"""Random mutations of bags, with everything in them (proofs, checkpoint, seal, originals): all refused, none unaltered.

Half the mutations are followed by what a forger without the key can do: make the manifests anew.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.custody.making import FILES, TRUSTED, make_bag

from tumen.custody import BagNotProven, verify, verify_bag

Mutation = Callable[[random.Random, Path, list[str]], None]


def flip(rng: random.Random, bag: Path, names: list[str]) -> None:
    path, content = some(rng, bag, names)
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def replace(rng: random.Random, bag: Path, names: list[str]) -> None:
    path, content = some(rng, bag, names)
    at = rng.randrange(len(content))
    content[at] = (content[at] + rng.randrange(1, 256)) % 256
    path.write_bytes(content)


def insert(rng: random.Random, bag: Path, names: list[str]) -> None:
    path, content = some(rng, bag, names)
    at = rng.randrange(len(content) + 1)
    content[at:at] = rng.choice([b"\n", b" ", b"\0", b"0", content[:at] or b"x", rng.randbytes(rng.randint(1, 9))])
    path.write_bytes(content)


def cut(rng: random.Random, bag: Path, names: list[str]) -> None:
    path, content = some(rng, bag, names)
    start = rng.randrange(len(content))
    del content[start : rng.randint(start + 1, len(content))]
    path.write_bytes(content)


def swap_lines(rng: random.Random, bag: Path, names: list[str]) -> None:
    path, content = some(rng, bag, [name for name in names if (bag / name).read_bytes().count(b"\n") > 3])
    lines = bytes(content).splitlines(keepends=True)
    one, other = rng.sample(range(len(lines)), 2)
    if lines[one] == lines[other]:
        del lines[one]
    else:
        lines[one], lines[other] = lines[other], lines[one]
    path.write_bytes(b"".join(lines))


def remove(rng: random.Random, bag: Path, names: list[str]) -> None:
    (bag / rng.choice(names)).unlink()


def rename(rng: random.Random, bag: Path, names: list[str]) -> None:
    path = bag / rng.choice(names)
    path.rename(path.with_name(rng.choice([path.name.swapcase(), f"{path.name}~", f".{path.name}"])))


def add(rng: random.Random, bag: Path, names: list[str]) -> None:
    path = bag / rng.choice(names)
    shutil.copy(path, path.with_name(f"{rng.randrange(10)}{path.name}"))


def exchange(rng: random.Random, bag: Path, names: list[str]) -> None:
    one, other = (bag / name for name in rng.sample(names, 2))
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])


def link(rng: random.Random, bag: Path, names: list[str]) -> None:
    path = bag / rng.choice(names)
    outside = path.rename(bag.parent / "outside")
    path.symlink_to(outside)


MUTATIONS: list[Mutation] = [flip, flip, flip, replace, insert, cut, swap_lines, remove, rename, add, exchange, link]


def some(rng: random.Random, bag: Path, names: list[str]) -> tuple[Path, bytearray]:
    path = bag / rng.choice([name for name in names if (bag / name).stat().st_size])
    return path, bytearray(path.read_bytes())


def remake_manifests(bag: Path) -> None:
    try:
        names = set(verify.files_of(bag))
    except verify.NotProven:
        return
    payload = {name for name in names if name.startswith("data/")}
    (bag / verify.MANIFEST).write_bytes(verify.manifest(bag, payload))
    tags = (names | {verify.MANIFEST}) - payload - {verify.TAG_MANIFEST, verify.SEAL}
    (bag / verify.TAG_MANIFEST).write_bytes(verify.manifest(bag, tags))


def undetected(place: Path, seed: int, count: int) -> list[str]:
    """Mutate a bag `count` times, each time from its whole state, and return which mutations were taken for nothing."""
    rng = random.Random(seed)
    bag = make_bag(place / "bag", {"authority": b"a token"})
    names = sorted(verify.files_of(bag))
    whole = {name: (bag / name).read_bytes() for name in names}
    missed = []
    for number in range(count):
        mutation, forged = rng.choice(MUTATIONS), rng.random() < 0.5
        mutation(rng, bag, names)
        if forged:
            remake_manifests(bag)
        now = {path.relative_to(bag).as_posix(): path for path in bag.rglob("*") if path.is_file()}
        altered = any(path.is_symlink() for path in now.values()) or whole != {
            n: p.read_bytes() for n, p in now.items()
        }
        try:
            verify_bag(bag, TRUSTED)
            if altered:
                missed.append(f"{number}: {mutation.__name__}, manifests {'made anew' if forged else 'left'}")
        except BagNotProven:
            assert altered, f"{number}: an unaltered bag was refused"
        restore(bag, whole)
        if number % 100 == 0:
            verify_bag(bag, TRUSTED)
    return missed


def restore(bag: Path, whole: dict[str, bytes]) -> None:
    for path in bag.rglob("*"):
        name = path.relative_to(bag).as_posix()
        if path.is_symlink() or (path.is_file() and name not in whole):
            path.unlink()
    for name, content in whole.items():
        if not (bag / name).exists() or (bag / name).read_bytes() != content:
            (bag / name).write_bytes(content)


def test_every_one_of_300_mutations_is_refused(tmp_path: Path) -> None:
    assert undetected(tmp_path, 20261124, 300) == []


@pytest.mark.soak
def test_every_one_of_10_000_mutations_is_refused(tmp_path: Path) -> None:
    assert undetected(tmp_path, 4, 10_000) == []


@pytest.mark.soak
def test_every_flipped_bit_of_every_file_is_refused(tmp_path: Path) -> None:
    """Every bit but those of long texts, of which every 97th."""
    bag = make_bag(tmp_path / "bag")
    for name in sorted(verify.files_of(bag)):
        content = (bag / name).read_bytes()
        for bit in range(0, len(content) * 8, 97 if name in ("verify.py",) or name.startswith("README") else 7):
            changed = bytearray(content)
            changed[bit // 8] ^= 1 << bit % 8
            (bag / name).write_bytes(changed)
            with pytest.raises(BagNotProven):
                verify_bag(bag, TRUSTED)
        (bag / name).write_bytes(content)
    verify_bag(bag, TRUSTED)
    assert set(FILES) <= {name.removeprefix("data/") for name in verify.files_of(bag)}
