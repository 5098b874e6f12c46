"""Originals: exact, bounded in memory, and any change to the file is seen."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.archive import making
from tests.conftest import PASSPHRASE

from tumen.archive import check, folder, identity, objects
from tumen.archive.errors import DamagedObject, DiskFull, Erased

pytestmark = pytest.mark.usefixtures("archive")
SMALL = 64


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "CHUNK", SMALL)


def pieces(content: bytes, cuts: list[int]) -> Iterator[bytes]:
    start = 0
    for cut in sorted(cuts):
        yield content[start:cut]
        start = max(start, cut)
    yield content[start:]


BORDERS = [SMALL * n + d for n in range(4) for d in (-1, 0, 1) if n or d >= 0]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    size=st.one_of(st.integers(0, 300), st.sampled_from(BORDERS)),
    cuts=st.lists(st.integers(0, 300), max_size=5),
)
def test_what_goes_in_comes_out_however_it_arrives(small_chunks: None, size: int, cuts: list[int]) -> None:
    content = os.urandom(size)
    stored = objects.write(5, pieces(content, cuts))
    assert b"".join(objects.read(5, stored.name)) == content
    assert stored.size == size
    objects.verify(5, stored.name, stored.sha256)


def test_every_changed_bit_cut_and_swap_is_seen(small_chunks: None) -> None:
    stored = objects.write(5, [bytes(range(200))])
    whole = stored.path.read_bytes()
    sealed = SMALL + 16
    head, rest = whole[:41], whole[41:]
    chunks = [rest[n : n + sealed] for n in range(0, len(rest), sealed)]
    bad = [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]
    bad += [whole[:n] for n in range(len(whole))]
    bad += [head + b"".join(order) for order in (chunks[:-1], chunks[::-1], [chunks[1], chunks[0], *chunks[2:]])]
    bad += [whole + b"x", whole + chunks[-1]]
    for content in bad:
        stored.path.write_bytes(content)
        with pytest.raises(DamagedObject):
            b"".join(objects.read(5, stored.name))
    stored.path.unlink()
    with pytest.raises(DamagedObject, match="missing"):
        b"".join(objects.read(5, stored.name))


def test_an_object_cannot_be_passed_off_as_another_owners_or_as_another_file() -> None:
    mine, hers = objects.write(5, [b"mine"]), objects.write(6, [b"hers"])
    assert mine.path.read_bytes() != hers.path.read_bytes()
    hers.path.write_bytes(mine.path.read_bytes())
    with pytest.raises(DamagedObject):
        b"".join(objects.read(6, hers.name))
    other = objects.write(5, [b"other"])
    mine.path.write_bytes(other.path.read_bytes())
    with pytest.raises(DamagedObject, match="not what was taken in"):
        objects.verify(5, mine.name, mine.sha256)


def test_two_files_of_one_owner_never_share_a_key() -> None:
    one, two = objects.write(5, [bytes(64)]), objects.write(5, [bytes(63) + b"x"])
    a, b = one.path.read_bytes()[41:], two.path.read_bytes()[41:]
    assert a[:63] != b[:63]


def test_the_same_bytes_under_two_owners_are_two_files_and_one_can_be_erased() -> None:
    one, two = objects.write(5, [b"same"]), objects.write(6, [b"same"])
    assert one.name != two.name
    identity.destroy([5])
    objects.erase(one.name)
    objects.erase(one.name)
    with pytest.raises(Erased):
        b"".join(objects.read(5, one.name))
    assert b"".join(objects.read(6, two.name)) == b"same"
    assert list(objects.names()) == [two.name]


def test_the_name_tells_nothing_about_the_content(archive: folder.Archive) -> None:
    stored = objects.write(5, [b"known file"])
    assert stored.sha256 not in str(stored.path)
    other = folder.Archive(archive.folder, folder.keys.new())
    with folder.opened(other):
        assert objects.object_name(5, stored.sha256) != stored.name


def test_a_stream_that_breaks_off_leaves_nothing(archive: folder.Archive) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 3_000_000
        raise ConnectionError

    with pytest.raises(ConnectionError):
        objects.write(5, broken())
    assert list(objects.names()) == []
    assert objects.sweep_incoming() == 0


def test_a_full_disk_is_told_and_leaves_nothing() -> None:
    def full() -> Iterator[bytes]:
        yield b"x" * 2_000_000
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskFull, match="Free space"):
        objects.write(5, full())
    assert list(objects.names()) == []


def test_sweeping_removes_what_was_broken_off_and_leaves_work_at_hand(archive: folder.Archive) -> None:
    incoming = archive.objects / objects.INCOMING
    incoming.mkdir()
    (incoming / "left").write_bytes(b"half")

    def meanwhile() -> Iterator[bytes]:
        yield b"first"
        assert objects.sweep_incoming() == 1
        yield b"second"

    stored = objects.write(5, meanwhile())
    assert b"".join(objects.read(5, stored.name)) == b"firstsecond"


def test_check_names_missing_damaged_and_stray_originals() -> None:
    kept, lost, stray = making.original(b"kept"), making.original(b"lost"), objects.write(99, [b"stray"])
    assert [found.kind for found in check.run(deep=True)] == ["stray"]
    objects.erase(stray.name)
    objects.erase(lost.object)
    path = objects.path_of(kept.object)
    path.write_bytes(path.read_bytes()[:-1])
    assert sorted(found.what.split()[-1] for found in check.run()) == ["missing"]
    assert len([found for found in check.run(deep=True) if found.kind == "object"]) == 2


MEASURE = """
import resource, sys
import tests.conftest
from pathlib import Path
from tumen.archive import objects, setup
setup.open_archive(Path(sys.argv[1]), tests.conftest.PASSPHRASE)
chunk = bytes(65536)
objects.write(4, [chunk])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
stored = objects.write(5, (chunk for _ in range(int(sys.argv[2]) * 16)))
assert sum(map(len, objects.read(5, stored.name))) == stored.size
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""


@pytest.mark.parametrize("megabytes", [40, pytest.param(300, marks=pytest.mark.soak)])
def test_memory_holds_a_few_chunks_whatever_the_size(archive: folder.Archive, megabytes: int) -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, archive.folder, str(megabytes)],
        env={**os.environ, "PYTHONPATH": f"{root / 'src'}:{root}"},
        capture_output=True,
        check=True,
        text=True,
    )
    print(f"{megabytes} MB: {done.stdout.strip()} MB more memory")  # noqa: T201
    assert float(done.stdout) < 16
    assert PASSPHRASE not in done.stderr
