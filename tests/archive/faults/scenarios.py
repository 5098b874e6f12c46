"""What people and programs do to an archive, step by step, each step acknowledged by `say` once it is on the disk.

Each has a name, by which the worker is told what to do, and a way to look whether it was done, in `looking.py`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import unittest.mock
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import folder, identity, ids, keys, objects, rotation, setup, undo, versions
from tumen.archive.backup import backup, restore
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.coding.models import Party
from tumen.counting.store import store
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.services import enrol, make_compartment, make_user
from tumen.linking import erasure
from tumen.linking.services import judge, resolve_by_judgements
from tumen.sources.models import Text
from tumen.sources.services import add_passage, add_source, add_text, correct_text, uploads

BEFORE = "Before dawn the guard counted them. The broker took her to Helong. After that she was sold."
AFTER = BEFORE.replace("the guard", "a guard").replace("Helong", "Helong (和龍)")
PHRASES = ("guard counted", "broker took her", "she was sold")


def say(**what: Any) -> None:
    """Acknowledge."""
    os.write(1, (json.dumps(what) + "\n").encode())


def add(path: Path, step: int) -> None:
    party = making.party(features=f"features {step}")
    say(kind="row", id=party.pk, version=1, features=f"features {step}")


def code(path: Path, step: int) -> None:
    party = Party.objects.order_by("pk").last() or making.party()
    with change(1, "coded") as c:
        party = c.update(party, birth=str(1900 + step), features=f"features {step}")
    say(kind="row", id=party.pk, version=party.version, features=f"features {step}")


def take_in(path: Path, step: int) -> None:
    owner = ids.reserve()
    say(kind="owner", id=owner)
    stored = objects.write(owner, [os.urandom(700_000) for _ in range(2)])
    original = making.original(b"small %d" % step)
    say(kind="object", owner=owner, name=stored.name, sha256=stored.sha256)
    say(kind="object", owner=original.pk, name=original.object, sha256=original.sha256)


def upload(path: Path, step: int) -> None:
    """Send a file from a browser in three pieces; the last one takes it in."""
    compartment = Compartment.objects.filter(code="inbox").first()
    if compartment is None:
        sender = User.objects.filter(username="sender").first() or make_user("sender", "fictional")
        with change(0, "furnished") as c:
            compartment = make_compartment(c, "inbox", "Inbox")
            enrol(c, sender, compartment, Membership.Role.INVESTIGATOR)
    content = f"Telling {step}. ".encode() * 9_000
    facts = {"kind": "news", "compartment": compartment.pk}
    sent = uploads.begin(User.objects.get(username="sender"), f"telling {step}.txt", len(content), "1", facts)
    say(kind="owner", id=sent.owner)
    for end in (50_000, 100_000, len(content)):
        uploads.append(sent, sent.received, io.BytesIO(content[sent.received : end]))
        say(kind="piece", upload=sent.pk, received=end, sha256=hashlib.sha256(content[:end]).hexdigest())
    taken = uploads.finish(sent)
    assert taken is not None
    stored = taken.original
    say(kind="object", owner=stored.pk, name=stored.object, sha256=hashlib.sha256(content).hexdigest())


def load(path: Path, step: int) -> None:
    bulk = open_bulk(1, "load")
    bulk._step = 200
    first = bulk.ids(500)
    rows = [(first + n, f"b{first}-{n}", "Part") for n in range(500)]
    bulk.insert(Compartment, ("code", "title"), rows, mark="all")
    bulk.close()
    say(kind="batch", first=first, count=500)


def undo_and_redo(path: Path, step: int) -> None:
    party = making.party(sex="f")
    with change(1, "edit") as c:
        c.update(party, sex="m")
    undone = undo.undo(1, versions.newest())
    say(kind="row", id=party.pk, version=3, sex="f")
    undo.undo(1, undone.seq)
    say(kind="row", id=party.pk, version=4, sex="m")


def undo_a_batch(path: Path, step: int) -> None:
    """A batch of plain inserts and of edits is undone, and the undoing too."""
    party = making.party(sex="f")
    bulk = open_bulk(1, "to be undone")
    bulk._step = 20
    first = bulk.ids(60)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"u{first}-{n}", "Part") for n in range(60)])
    with bulk.change() as c:
        c.update(party, sex="m")
    bulk.close()
    say(kind="batch", first=first, count=60, party=party.pk, sex="m")
    say(kind="undoing", first=first)
    undoing = undo.undo_batch(1, bulk.batch.pk)
    say(kind="undone", first=first, count=60, party=party.pk, sex="f")
    say(kind="undoing", first=first)
    undo.undo_batch(1, undoing.pk)
    say(kind="batch", first=first, count=60, party=party.pk, sex="m")


def judge_and_erase(path: Path, step: int) -> None:
    """Two records are judged to be one woman; then she is erased."""
    one, other = making.party(features=f"scar {step}"), making.party(features=f"scar {step} again")
    with change(1, "judged") as c:
        judgement = judge(c, one.pk, other.pk, "same", "a scar", 1)
    run = resolve_by_judgements(1)
    say(kind="judgement", id=judgement.pk, run=run.pk, parties=[one.pk, other.pk])
    wanted = erasure.plan(one.pk)
    say(kind="erasing", parties=wanted.parties)
    erasure.erase(1, wanted, "asked for")
    say(kind="erased", parties=wanted.parties)


def keep_columns(path: Path, step: int) -> None:
    """The columns of all pages are kept for the next start while rows are added."""
    add(path, step)
    store().warm()
    store().save()
    say(kind="columns")


def rewrite_keys(path: Path, step: int) -> None:
    archive = folder.current()
    keys.change_passphrase(archive.folder, archive.key, f"passphrase {step}")
    say(kind="passphrase", words=f"passphrase {step}")
    file = keys.new_key_file()
    keys.add_key_file(archive.folder, archive.key, file)
    say(kind="key file", bytes=file.hex())


def rotate_keys(path: Path, step: int) -> None:
    """The key-encryption key is replaced while data keys are made, sealed under and read."""
    add(path, step)
    identity.keys_for([ids.reserve() for _ in range(30)], make=True)
    with unittest.mock.patch.object(identity, "AT_ONCE", 10):
        rotation.rotate()
    add(path, step)
    assert not rotation.unfinished()


def correct(path: Path, step: int) -> None:
    """A text gets a corrected rendition, and its passages move to it."""
    with change(1, "a telling") as c:
        compartment = c.insert(Compartment, code=f"t{step}-{os.getpid()}-{os.urandom(4).hex()}", title="Part")
        source = add_source(c, "interview", f"Telling {step}", compartment)
        old = add_text(c, source, BEFORE)
        at = [BEFORE.index(phrase) for phrase in PHRASES]
        passages = [add_passage(c, old, s, s + len(p)) for s, p in zip(at, PHRASES, strict=True)]
    say(kind="passages", text=old.pk, passages=[passage.pk for passage in passages])
    with change(1, "corrected") as c:
        moved = correct_text(c, Text.objects.get(pk=old.pk), AFTER)
    say(kind="passages", text=moved.text.pk, passages=[passage.pk for passage in moved.moved])


def back_up(path: Path, step: int) -> None:
    add(path, step)
    making.original(b"original %d" % step * 1000)
    made = backup(path.parent / "backup")
    say(kind="backup", newest=made.newest)


def bring_back(path: Path, step: int) -> None:
    """A backup is restored beside the archive."""
    place = path.parent / "backup"
    if not place.exists():
        for n in range(5):
            making.original(b"original %d" % n * 1000)
        backup(place)
    say(kind="making", place=f"restored-{step}")
    restore(place, path.parent / f"restored-{step}")
    say(kind="made", place=f"restored-{step}")


def begin_anew(path: Path, step: int) -> None:
    """Another archive is made beside this one."""
    close_connections()
    folder.close()
    place = f"new-{step}"
    say(kind="making", place=place)
    setup.create(path.parent / place, PASSPHRASE)
    say(kind="made", place=place)


SCENARIOS: dict[str, Callable[[Path, int], None]] = {
    work.__name__: work
    for work in (
        add,
        code,
        take_in,
        upload,
        load,
        undo_and_redo,
        undo_a_batch,
        judge_and_erase,
        keep_columns,
        rewrite_keys,
        rotate_keys,
        correct,
        back_up,
        bring_back,
        begin_anew,
    )
}
