"""Evidence bags: BagIt 1.0 (RFC 8493) with the files, the proofs that they are in the log, and what verifies them.

A bag is checked with sha512sum, any BagIt tool, openssl for the timestamps, and `verify.py`, which lies in the bag,
needs only Python, and is also what `verify_bag` runs: a bag is proven here exactly when it is proven to a stranger.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files as resources
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from tumen import disk
from tumen.custody import verify
from tumen.custody.errors import BagExists, BagNotProven
from tumen.custody.keys import SigningKey
from tumen.custody.leaves import LeafKind
from tumen.custody.names import Names, check_names
from tumen.custody.notes import sign_note, split_note
from tumen.custody.prooffiles import ProofFile

_READMES = ("README.en.txt", "README.ko.txt", "README.zh.txt")


@dataclass(frozen=True)
class Entry:
    """An entry of the log and what opens it: digest and salt of its commitment, and the file it stands for.

    `path` is relative to the payload (`originals/7.pdf`); None for a change, whose digest is of the archive's own rows.
    """

    proof: ProofFile
    kind: LeafKind
    digest: bytes
    salt: bytes
    path: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What proves a bag: the signed checkpoint, the keys to verify it with, entries, timestamp tokens (DER) by name."""

    checkpoint: bytes
    keys: Sequence[str]
    entries: Sequence[Entry] = ()
    tokens: Mapping[str, bytes] = field(default_factory=dict)


def write_bag(
    folder: Path,
    files: Iterable[tuple[str, BinaryIO]],
    evidence: Evidence,
    info: Mapping[str, str],
    key: SigningKey,
) -> None:
    """Write a new bag to `folder` from streams, each read once, and check it before it gets its name.

    `key` (kind NOTE, one of `evidence.keys`) seals the bag as a whole, so that nobody else can make its manifests anew.
    `files` are (path in the payload, stream); `info` goes into bag-info.txt (`Source-Organization`, `Bagging-Date`).
    Raises BagExists, UnsafeName, and BagNotProven when the evidence does not fit the files; nothing is left then.
    """
    if folder.is_symlink() or folder.exists():
        raise BagExists(f"{folder} is already there; name a new folder.")
    making = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _fill(making, files, evidence, info, key)
        verify_bag(making, evidence.keys)
        for place, _folders, _names in os.walk(making):
            disk.sync(Path(place))
        making.rename(folder)
        disk.sync(folder.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def verify_bag(folder: Path, verifier_keys: Sequence[str]) -> list[str]:
    """Return what was found in a bag that is whole and whose log is signed by one of `verifier_keys`.

    Raises BagNotProven with one finding for each thing that does not hold.
    """
    if not verifier_keys:
        raise BagNotProven(["no key was given; the keys in the bag prove only that it agrees with itself"])
    wrong, found = verify.examine(folder, list(verifier_keys))
    if wrong:
        raise BagNotProven(wrong)
    return found


def _fill(
    bag: Path,
    files: Iterable[tuple[str, BinaryIO]],
    evidence: Evidence,
    info: Mapping[str, str],
    key: SigningKey,
) -> None:
    taken = Names()
    payload: list[str] = []
    octets = 0
    for name, stream in files:
        taken.take(name)
        octets += _store(bag, f"data/{name}", stream)
        payload.append(f"data/{name}")
    (bag / "data").mkdir(parents=True, exist_ok=True)
    oxum = {"Payload-Oxum": f"{octets}.{len(payload)}", "Bag-Software-Agent": "Tumen"}
    tags = {
        "bagit.txt": verify.BAGIT,
        "bag-info.txt": "".join(_info_line(*pair) for pair in {**info, **oxum}.items()).encode(),
        **dict(_tags(evidence)),
        verify.MANIFEST: verify.manifest(bag, payload),
    }
    check_names(tags)
    for name, content in tags.items():
        _store(bag, name, BytesIO(content))
    tag_manifest = verify.manifest(bag, tags)
    _store(bag, verify.TAG_MANIFEST, BytesIO(tag_manifest))
    _store(bag, verify.SEAL, BytesIO(sign_note(verify.sealed_text(tag_manifest), key)))


def _tags(evidence: Evidence) -> Iterator[tuple[str, bytes]]:
    here = resources("tumen.custody")
    yield "verify.py", (here / "verify.py").read_bytes()
    for readme in _READMES:
        yield readme, (here / "data" / readme).read_bytes()
    yield verify.CHECKPOINT, evidence.checkpoint
    yield verify.STAMPED, split_note(evidence.checkpoint)[0]
    yield verify.KEYS, "".join(f"{key}\n" for key in evidence.keys).encode()
    openings = []
    for number, entry in enumerate(evidence.entries):
        name = f"{verify.PROOFS}{number:06}.tlog-proof"
        yield name, entry.proof.text
        openings.append(_opening(name, entry))
    yield verify.OPENINGS, "".join(f"{line}\n" for line in openings).encode()
    for name, token in evidence.tokens.items():
        yield f"{verify.TOKENS}{name}.tsr", token


def _opening(proof: str, entry: Entry) -> str:
    said = {"proof": proof, "kind": entry.kind, "digest": entry.digest.hex(), "salt": entry.salt.hex()}
    if entry.path is not None:
        said["path"] = f"data/{entry.path}"
    return json.dumps(said, ensure_ascii=False)


def _info_line(name: str, value: str) -> str:
    return f"{' '.join(name.replace(':', ' ').split())}: {' '.join(value.split())}\n"


def _store(bag: Path, name: str, stream: BinaryIO) -> int:
    """Write a stream to a new file of the bag, to disk, and return its length."""
    path = bag / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)
        file.flush()
        os.fsync(file.fileno())
        return file.tell()
