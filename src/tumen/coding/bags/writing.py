"""Writing a bag: the contents as files, and the log's evidence for them.

data/sources/N/originals/   the files, byte for byte as they came
data/sources/N/texts/       the renditions, as plain text
data/sources/N/records.json the source, its codings, claims and evidence, every version of each
data/history/N.json         each change that wrote any of it, exactly as the log commits to it
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast

from tumen import disk
from tumen.archive.changes import change
from tumen.archive.errors import DiskFull
from tumen.archive.log import checkpoints, proving, tree
from tumen.archive.log.attestations import Attested, verified
from tumen.archive.log.proving import Opened
from tumen.archive.models import Attestation
from tumen.coding.bags import gathering
from tumen.coding.bags.describing import described
from tumen.coding.bags.gathering import Contents
from tumen.columns import Mask
from tumen.custody import Entry, Evidence, write_bag
from tumen.sources import queries
from tumen.sources.services.intake import file_stream


def write(actor: int, mask: Mask, listed: list[Contents], folder: Path) -> list[Attested]:
    """Write a bag of these contents to the new `folder` and return who besides the archive signed its checkpoint.

    That it was made is entered in the log first. Raises BagExists, BagNotProven, DamagedArchive, DamagedObject,
    DiskFull; nothing is left then.
    """
    for contents in listed:
        with change(actor, f"evidence bag of source {contents.source.pk}", kind="bag"):
            pass
    found, _erased = gathering.entries(listed)
    signed, others = proving.checkpoint_over(found)
    note, keys = proving.countersigned(signed, others)
    paths = {original.pk: path for contents in listed for path, original in contents.originals}
    kept = tree.LogTree()
    evidence = Evidence(
        note,
        keys,
        [Entry(one.proof(kept, signed, note), one.kind, one.digest, one.salt, _path(one, paths)) for one in found],
        {f"{row.pk}": bytes(row.content) for row in others if row.kind == Attestation.Kind.TIMESTAMP},
    )
    info = {
        "External-Description": f"Evidence bag of sources {', '.join(str(one.source.pk) for one in listed)}",
        "External-Identifier": f"{checkpoints.verifier().name}, checkpoint {signed.number} of {signed.day}",
        "Bagging-Date": date.today().isoformat(),  # noqa: DTZ011 (a day as people here count it)
    }
    try:
        write_bag(folder, _files(mask, listed, found), evidence, info, checkpoints.signing_key())
    except OSError as error:
        if disk.is_full(error):
            raise DiskFull(f"The disk is full: {folder} was not written. Free space, then try again.") from error
        raise
    return [verified(row) for row in others]


def _path(one: Opened, paths: dict[int, str]) -> str:
    return f"history/{one.change}.json" if one.record is None else paths[one.record]


def _files(mask: Mask, listed: list[Contents], found: list[Opened]) -> Iterator[tuple[str, BinaryIO]]:
    for contents in listed:
        for path, original in contents.originals:
            yield path, cast(BinaryIO, file_stream(queries.content(original)))
        for path, _text, body in contents.texts:
            yield path, BytesIO(body.encode())
        yield f"sources/{contents.source.pk}/records.json", BytesIO(described(mask, contents))
    for one in found:
        if one.record is None:
            yield f"history/{one.change}.json", BytesIO(one.said)
