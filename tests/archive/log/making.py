"""An archive with something of everything that the log answers for."""

from __future__ import annotations

from pathlib import Path

from tests.archive.making import original, party, source
from tests.custody.authority import Authority

from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.log import attestations, checkpoints, following
from tumen.custody import timestamp_request
from tumen.custody.notes import split_note
from tumen.guard.models import Compartment


def countersigned(folder: Path) -> str:
    """Have the newest checkpoint countersigned by a party in `folder`; return its key."""
    key = following.begin(folder, "partner.example", [checkpoints.verifier().text])
    signed = checkpoints.make(whole=True)
    note = following.countersign(folder, attestations.request(signed, 0))
    attestations.take_in(note, [key])
    return key


def stamped(folder: Path) -> None:
    """Have the newest checkpoint stamped by an authority made in `folder`."""
    folder.mkdir()
    authority, signed = Authority(folder), checkpoints.make(whole=True)
    asked = timestamp_request(split_note(signed.note)[0])
    attestations.add_timestamp(signed, authority.answer(asked.der), authority.root, asked.nonce)


def everything(place: Path) -> None:
    """Fill the open archive: changes, old versions, originals, bulk work, checkpoints, signatures of others."""
    for n in range(4):
        original(b"content %d" % n * 100, source())
        person = party(sex="f", description="the guard with a scar")
        with change(1, "a correction typed by hand") as c:
            c.update(person, fate="unknown")
        checkpoints.make(whole=True)
    bulk = open_bulk(1, "an import typed by hand")
    first = bulk.ids(20)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"code-{n}", "Part") for n in range(20)])
    bulk.close()
    countersigned(place / "partner")
    stamped(place / "authority")
    party(sex="m")
    checkpoints.make(whole=True)
