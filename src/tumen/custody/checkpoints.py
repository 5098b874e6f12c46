"""Checkpoints (c2sp.org/tlog-checkpoint): the signed statement of how many leaves a log has and what root they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tumen.custody.errors import MalformedCheckpoint
from tumen.custody.keys import SigningKey, from_base64, to_base64
from tumen.custody.merkle import HASH_BYTES
from tumen.custody.notes import sign_note, verify_note

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """A log's origin (its name for ever), size in leaves, root, and extension lines (none, as a rule)."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> bytes:
        """The text of the note; raises MalformedCheckpoint when the values cannot be those of a checkpoint."""
        lines = [self.origin, str(self.size), to_base64(self.root), *self.extensions]
        text = "".join(f"{line}\n" for line in lines).encode()
        if Checkpoint.parse(text) != self:
            raise MalformedCheckpoint("The origin and extensions of a checkpoint are single lines, none of them empty.")
        return text

    @classmethod
    def parse(cls, text: bytes) -> Checkpoint:
        """Read a verified note's text; raises MalformedCheckpoint."""
        try:
            lines = text.decode("utf-8").split("\n")
        except UnicodeDecodeError as failed:
            raise MalformedCheckpoint("A checkpoint is UTF-8.") from failed
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise MalformedCheckpoint(
                "A checkpoint has at least three lines, none of them empty, and ends with a newline."
            )
        origin, size, root, *extensions = lines
        if not _SIZE.fullmatch(size):
            raise MalformedCheckpoint(f"{size[:30]!r} is no tree size: decimal, no leading zero.")
        try:
            decoded = from_base64(root)
        except ValueError as failed:
            raise MalformedCheckpoint("The root hash is not base64.") from failed
        if len(decoded) != HASH_BYTES:
            raise MalformedCheckpoint(f"The root hash has {len(decoded)} bytes; SHA-256 has {HASH_BYTES}.")
        return cls(origin, int(size), decoded, tuple(extensions))

    def signed(self, *keys: SigningKey) -> bytes:
        """Return the checkpoint as a note signed by `keys`."""
        return sign_note(self.text, *keys)


def verify_checkpoint(note: bytes, verifier_keys: Sequence[str]) -> Checkpoint:
    """Return the checkpoint in a note signed by one of the keys; raises as `verify_note` does, MalformedCheckpoint."""
    return Checkpoint.parse(verify_note(note, verifier_keys).text)
