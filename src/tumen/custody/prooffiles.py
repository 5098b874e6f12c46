"""Self-contained proofs that a leaf is in a log (c2sp.org/tlog-proof@v1): index, audit path and signed checkpoint."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tumen.custody.checkpoints import Checkpoint, verify_checkpoint
from tumen.custody.errors import MalformedProofFile
from tumen.custody.keys import from_base64, to_base64
from tumen.custody.merkle import HASH_BYTES, leaf_hash
from tumen.custody.proofs import verify_inclusion

_HEAD = "c2sp.org/tlog-proof@v1"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class ProofFile:
    """What a `.tlog-proof` file says. `leaf` travels as the format's extra data and is itself proven by the path."""

    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes

    @property
    def text(self) -> bytes:
        """The file's bytes."""
        lines = [_HEAD, f"extra {to_base64(self.leaf)}", f"index {self.index}", *map(to_base64, self.path)]
        return "".join(f"{line}\n" for line in lines).encode() + b"\n" + self.checkpoint

    @classmethod
    def parse(cls, text: bytes) -> ProofFile:
        """Read a file, verifying nothing; raises MalformedProofFile."""
        head, blank, checkpoint = text.partition(b"\n\n")
        try:
            first, extra, index, *path = head.decode("ascii").split("\n")
            if first != _HEAD or not blank or not extra.startswith("extra ") or not index.startswith("index "):
                raise ValueError("a line is missing")
            if not _NUMBER.fullmatch(index[6:]):
                raise ValueError("the index is not a number")
            hashes = tuple(map(from_base64, path))
            leaf = from_base64(extra[6:])
        except ValueError as failed:
            raise MalformedProofFile(f"This is no {_HEAD} with its leaf as extra data: {failed}.") from failed
        if any(len(element) != HASH_BYTES for element in hashes):
            raise MalformedProofFile(f"An element of the path does not have {HASH_BYTES} bytes.")
        return cls(leaf, int(index[6:]), hashes, checkpoint)

    def verify(self, verifier_keys: Sequence[str]) -> Checkpoint:
        """Return the checkpoint under which the leaf is proven; raises what verify_checkpoint, verify_inclusion do."""
        checkpoint = verify_checkpoint(self.checkpoint, verifier_keys)
        verify_inclusion(self.index, checkpoint.size, leaf_hash(self.leaf), self.path, checkpoint.root)
        return checkpoint
