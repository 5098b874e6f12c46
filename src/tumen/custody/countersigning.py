"""Countersigning: a second party signs only checkpoints that continue what it signed before. By file, without network.

The log's side writes a request (`countersign_request`): the size that was last countersigned, the consistency proof
from there, the checkpoint; in the format of c2sp.org/tlog-witness `add-checkpoint`. The second party runs `countersign`
on its own machine, with its own key and its own state file, and hands back one signature line. It sees sizes and
hashes, nothing of what the log is about.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from tumen import disk
from tumen.custody.checkpoints import Checkpoint, verify_checkpoint
from tumen.custody.errors import (
    DamagedCountersigningState,
    Forked,
    MalformedRequest,
    NoCountersigningState,
    OldSizeDiffers,
    RolledBack,
    RootMismatch,
    UnknownLog,
    WrongProofLength,
)
from tumen.custody.keys import SigningKey, VerifierKey, from_base64, to_base64
from tumen.custody.merkle import EMPTY_ROOT, HASH_BYTES
from tumen.custody.notes import cosignature_line
from tumen.custody.proofs import verify_consistency

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
_MOST_PROOF_LINES = 63

_Seen = dict[str, tuple[int, bytes]]


def countersign_request(old_size: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return the file to hand to the second party: `proof` leads from the `old_size` it last signed to `checkpoint`."""
    lines = [f"old {old_size}", *map(to_base64, proof)]
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + checkpoint


def checkpoint_of(request: bytes) -> bytes:
    """Return the checkpoint in a request, as it was signed. Raises MalformedRequest."""
    return _parse(request)[2]


def start_state(path: Path) -> None:
    """Make the second party's state file, empty; FileExistsError where there is one already."""
    with path.open("x", encoding="utf-8") as file:
        file.write("{}\n")


def countersign(request: bytes, log_keys: Sequence[str], key: SigningKey, state: Path, time: int) -> bytes:
    """Return the line by which `key` (kind COSIGNATURE) signs the checkpoint in `request`, at `time` in POSIX seconds.

    The checkpoint must be signed by one of the `log_keys` whose name is its origin. What it says is kept in the `state`
    file, on disk, before the line is returned. Raises MalformedRequest, UnknownLog, RolledBack, Forked, OldSizeDiffers,
    NoCountersigningState, DamagedCountersigningState, and what `verify_checkpoint` and `verify_consistency` raise;
    nothing is signed or kept then.
    """
    old_size, proof, note = _parse(request)
    trusted = [text for text in log_keys if VerifierKey.parse(text).name == _origin(note)]
    if not trusted:
        raise UnknownLog(f"{_origin(note)!r} is no log whose key was given.")
    checkpoint = verify_checkpoint(note, trusted)
    # A second run with the same state waits, so that neither can roll back what the other kept.
    with disk.alone(state.with_name(f"{state.name}.lock")):
        seen = _read(state)
        size, root = seen.get(checkpoint.origin, (0, b""))
        _check(old_size, proof, checkpoint, size, root)
        line = cosignature_line(checkpoint.text, key, time)
        seen[checkpoint.origin] = (checkpoint.size, checkpoint.root)
        _write(state, seen)
    return line


def _check(old_size: int, proof: list[bytes], checkpoint: Checkpoint, size: int, root: bytes) -> None:
    """Refuse a checkpoint that does not continue the tree of `size` leaves under `root`, the last one signed."""
    if checkpoint.size < size:
        raise RolledBack(f"{checkpoint.origin} had {size} leaves and now shows {checkpoint.size}; do not sign.")
    if old_size != size:
        raise OldSizeDiffers(f"The last checkpoint signed here has {size} leaves; the proof must start there.", size)
    if size == 0:
        if proof:
            raise WrongProofLength("A first checkpoint comes without a proof.")
        if checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT:
            raise Forked(f"{checkpoint.origin} gives the empty log a root that it cannot have; do not sign.")
        return
    try:
        verify_consistency(size, checkpoint.size, root, checkpoint.root, proof)
    except RootMismatch as failed:
        raise Forked(
            f"{checkpoint.origin} does not continue the tree signed at {size} leaves; do not sign."
        ) from failed


def _parse(request: bytes) -> tuple[int, list[bytes], bytes]:
    head, blank, note = request.partition(b"\n\n")
    first, *lines = head.decode("ascii", "replace").split("\n")
    old = _OLD.fullmatch(first)
    if not old or not blank or len(lines) > _MOST_PROOF_LINES:
        raise MalformedRequest("A request is a line `old SIZE`, the proof's lines, a blank line and the checkpoint.")
    try:
        proof = [from_base64(line) for line in lines]
    except ValueError as failed:
        raise MalformedRequest("A line of the proof is not base64.") from failed
    if any(len(element) != HASH_BYTES for element in proof):
        raise MalformedRequest(f"A line of the proof does not hold {HASH_BYTES} bytes.")
    return int(old[1]), proof, note


def _origin(note: bytes) -> str:
    return note.partition(b"\n")[0].decode("utf-8", "replace")


def _read(state: Path) -> _Seen:
    try:
        stored = json.loads(state.read_text("utf-8"))
        seen = {str(origin): (int(size), bytes.fromhex(root)) for origin, (size, root) in stored.items()}
    except FileNotFoundError as failed:
        raise NoCountersigningState(
            f"{state} is not there. If a log was ever signed with it, find it; otherwise start a new one."
        ) from failed
    except (ValueError, TypeError, AttributeError) as failed:
        raise DamagedCountersigningState(f"{state} is damaged; bring back a copy of it.") from failed
    if any(size < 0 or len(root) != HASH_BYTES for size, root in seen.values()):
        raise DamagedCountersigningState(f"{state} is damaged; bring back a copy of it.")
    return seen


def _write(state: Path, seen: _Seen) -> None:
    """Replace the state file so that after a power cut the old or the new one is there, whole."""
    stored = {origin: [size, root.hex()] for origin, (size, root) in sorted(seen.items())}
    with disk.replacing(state) as file:
        file.write(f"{json.dumps(stored, ensure_ascii=False, indent=1)}\n".encode())
