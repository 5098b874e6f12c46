"""The second party's side: following another group's log from a folder of one's own, without an archive.

key         the private key that countersigns; whoever has it can sign in this party's name
logs        the keys of the logs that are followed
state.json  what was countersigned last; without it a rolled-back log could not be told from a new one
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from tumen import disk
from tumen.custody import Kind, SigningKey, VerifierKey, add_lines, start_state
from tumen.custody import countersign as countersigned
from tumen.custody.countersigning import checkpoint_of

KEY, LOGS, STATE = "key", "logs", "state.json"


def begin(folder: Path, name: str, logs: Sequence[str]) -> str:
    """Make a folder to follow `logs` (verifier keys) from, and return this party's verifier key.

    Raises MalformedKey, and FileExistsError when the folder is there.
    """
    for log in logs:
        VerifierKey.parse(log)
    key = SigningKey.generate(name, Kind.COSIGNATURE)
    folder.mkdir(mode=0o700, parents=True)
    start_state(folder / STATE)
    for file, text in ((LOGS, "\n".join(logs)), (KEY, key.text)):
        with disk.replacing(folder / file) as written:
            written.write(f"{text}\n".encode())
    disk.sync(folder / STATE)
    disk.sync(folder.parent)
    return key.verifier.text


def countersign(folder: Path, request: bytes) -> bytes:
    """Return the checkpoint in a request with this party's line. Raises what `custody.countersign` does, OSError."""
    key = SigningKey.parse((folder / KEY).read_text("utf-8").strip())
    logs = (folder / LOGS).read_text("utf-8").split()
    line = countersigned(request, logs, key, folder / STATE, int(time.time()))
    return add_lines(checkpoint_of(request), [line])
