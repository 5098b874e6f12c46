"""A thousand seeded strings go through the archive; none stands readable anywhere on the machine."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from tests import scan
from tests.archive import making
from tests.conftest import close_connections

from tumen.archive import folder, identity, jobs, objects, undo, versions
from tumen.archive.backup import backup
from tumen.archive.changes import change
from tumen.archive.errors import ArchiveError
from tumen.archive.models import Identifier
from tumen.coding.models import Name, Party
from tumen.sources.models import Source, Text


def sow(seeds: scan.Seeds) -> None:
    """Put every string where strings of its kind go, edit some, fail on some, undo some."""
    party = making.party()
    source = Source.objects.get()
    with change(1, "seeds") as c:
        for name in seeds.by_kind["name"]:
            record = c.insert(Name, coding=party.coding, party=party, text=name)
            c.index(record, "text", "name", name, owner=party.pk)
        for features in seeds.by_kind["features"]:
            c.insert(Party, coding=party.coding, features=features, contact=features)
        for body in seeds.by_kind["body"]:
            c.insert(Text, source=source, length=len(body), body=body * 40)
        for note in seeds.by_kind["note"]:
            source = c.update(source, note=note)
        for name in seeds.by_kind["file name"][10:]:
            c.insert(Identifier, record=party.pk, scheme="file", value=name)
    for name in seeds.by_kind["file name"][:10]:
        original = making.original(name.encode() * 40, source)
        with change(1, "file names") as c:
            c.update(original, file_name=name)
    for note in seeds.by_kind["note"][:20]:
        with change(1, "notes") as c:
            c.update(Source.objects.get(), note=note)
    undo.undo(1, versions.newest())
    objects.write(7, (body.encode() for body in seeds.by_kind["body"]))
    with pytest.raises(ArchiveError), change(1, "will fail") as c:
        c.update(party, base=9, features=seeds.by_kind["features"][0])
    jobs.job("seeded")(lambda run: int(run.params["name"]))
    jobs.enqueue("seeded", 1, name=seeds.by_kind["name"][0])
    jobs.run_next()


def test_none_of_a_thousand_strings_stands_readable_anywhere(
    archive: folder.Archive,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    nothing_stays_readable: scan.Seeds,
) -> None:
    caplog.set_level(logging.DEBUG)
    since, seeds = time.time() - 2, nothing_stays_readable
    assert len(set(seeds)) == 1000
    sow(seeds)
    backup(tmp_path / "backup")
    assert {making.opened(name, "text") for name in Name.objects.all()} == set(seeds.by_kind["name"])
    here = [archive.folder, tmp_path]
    while_open = scan.find(seeds, [*scan.files_below(*here), *scan.process_files(os.getpid())])
    close_connections()
    identity.close_connection()
    captured = "".join(capfd.readouterr()) + caplog.text
    elsewhere = scan.small(scan.files_below(*scan.temporary_folders(), since=since, depth=1))
    assert while_open == []
    assert scan.find(seeds, [*scan.files_below(*here), *elsewhere, captured.encode()]) == []


def test_the_scan_finds_what_is_there(tmp_path: Path) -> None:
    seeds = scan.Seeds(40)
    for n, seed in enumerate(seeds):
        for form in scan.forms(seed):
            (tmp_path / "left").write_bytes(b"\x00" * n + form + b"\x00")
            assert len(scan.find([seed], scan.files_below(tmp_path))) == 1
    hangul = seeds.by_kind["name"][0]
    assert scan.find([hangul], [f"log: {hangul}".encode("cp949")])
    assert scan.find([hangul], [unicodedata.normalize("NFD", hangul).encode()])
    (tmp_path / "left").unlink()
    (tmp_path / hangul).touch()
    assert scan.find([hangul], scan.files_below(tmp_path))
    command = [sys.executable, "-c", "print(flush=True); input()", hangul]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout and process.stdout.readline()
        assert len(scan.find([hangul], scan.process_files(process.pid))) == 1
    finally:
        process.communicate(b"\n")
