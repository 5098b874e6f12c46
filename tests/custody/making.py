"""A small evidence bag, the same each time, for the tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from tests.custody.naive import hashes

from tumen.custody import Checkpoint, Entry, Evidence, Kind, ProofFile, SigningKey, Tree, leaf, leaf_hash, write_bag

KEY = SigningKey("archive.example/log", Kind.NOTE, bytes(range(32)))
TRUSTED = [KEY.verifier.text]
AT = datetime(2026, 11, 24, tzinfo=UTC)
SALT = b"sixteen bytes..."
FILES = {
    "originals/7.pdf": b"%PDF-1.7 fictional",
    "originals/8.txt": "두만강을 건넜다.\n".encode(),
    "texts/7.txt": "渡过图们江\n".encode(),
    "codings.jsonl": b'{"act": 1}\n',
    "custody.jsonl": b'{"event": "received"}\n',
}


def streams(files: dict[str, bytes] = FILES) -> Iterator[tuple[str, BinaryIO]]:
    return ((name, BytesIO(content)) for name, content in files.items())


def evidence(files: dict[str, bytes] = FILES, tokens: dict[str, bytes] | None = None) -> Evidence:
    """A log of 11 entries: 9 of others, one of a change, one of an original."""
    digest = sha256(files["originals/7.pdf"]).digest()
    change = sha256(b"a change").digest()
    leaves = [leaf(change, SALT, AT), leaf(digest, SALT, AT, "original")]
    tree = Tree([*hashes(9), *map(leaf_hash, leaves)])
    note = Checkpoint(KEY.name, len(tree), tree.root()).signed(KEY)
    proofs = [ProofFile(leaves[at], 9 + at, tuple(tree.inclusion_proof(9 + at)), note) for at in (0, 1)]
    return Evidence(
        note,
        TRUSTED,
        [Entry(proofs[0], "change", change, SALT), Entry(proofs[1], "original", digest, SALT, "originals/7.pdf")],
        tokens or {},
    )


def make_bag(folder: Path, tokens: dict[str, bytes] | None = None) -> Path:
    info = {"Source-Organization": "No One", "Bagging-Date": "2026-11-24"}
    write_bag(folder, streams(), evidence(tokens=tokens), info, KEY)
    return folder
