"""What sealing and the rotation of keys cost, each beside the raw cipher doing the same in the same run.

    python -m benchmarks.keys [--persons 82000] [--fields 5]

Sealing: identity fields as the archive seals them, with the making and wrapping of one data key a person. Rotation: all
data keys of so many persons under a new key-encryption key, on the disk, old pages overwritten.
"""

from __future__ import annotations

import argparse
import secrets
import tempfile
import time
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks import summary

NAME = "이금순 李今順 Ri Kum Sun"


def sealing(persons: int, fields: int) -> tuple[float, float]:
    """Return CPU seconds of sealing all fields of all persons, and of the bare cipher over the same bytes."""
    from tumen.archive import wrapping
    from tumen.archive.sealed import seal_value

    began = time.process_time()
    wrap = wrapping.known().wrap
    for person in range(persons):
        key = secrets.token_bytes(32)
        wrap(person, key)
        for number in range(fields):
            seal_value(key, person * fields + number, "name", 1, NAME)
    ours = time.process_time() - began
    began = time.process_time()
    raw, word, data = AESGCM(secrets.token_bytes(32)), NAME.encode(), b"x" * 20
    for _ in range(persons * (fields + 1)):
        raw.encrypt(secrets.token_bytes(12), word, data)
    return ours, time.process_time() - began


def rotating(persons: int) -> tuple[float, float]:
    """Return CPU seconds of a rotation, and of unwrapping and wrapping as many keys with the bare cipher."""
    from tumen.archive import identity, rotation

    identity.keys_for(range(persons), make=True)
    began = time.process_time()
    assert rotation.rotate().keys == persons
    ours = time.process_time() - began
    old, new = AESGCM(secrets.token_bytes(32)), AESGCM(secrets.token_bytes(32))
    nonce, data = secrets.token_bytes(12), b"16777216"
    wrapped = old.encrypt(nonce, secrets.token_bytes(32), data)
    began = time.process_time()
    for _ in range(persons):
        new.encrypt(secrets.token_bytes(12), old.decrypt(nonce, wrapped, data), data)
    return ours, time.process_time() - began


def main() -> None:
    """Print what each cost, and the ratio to the bare cipher."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--persons", type=int, default=82_000)
    parser.add_argument("--fields", type=int, default=5)
    asked = parser.parse_args()
    from tumen.archive import folder, setup

    with tempfile.TemporaryDirectory(prefix="tumen-bench-") as place:
        setup.create(Path(place) / "archive", "benchmark")
        ours, raw = sealing(asked.persons, asked.fields)
        count = asked.persons * asked.fields
        print(f"sealing {count:,} fields of {asked.persons:,} persons: {count / ours:,.0f} a second")
        summary.note("sealing 30,000 identity fields", 1, 30_000 * ours / count, " s", f"bare cipher {ours / raw:.2f}x")
        ours, raw = rotating(asked.persons)
        summary.note(f"rotating the keys of {asked.persons:,} persons", 5, ours, " s", f"bare cipher {ours / raw:.2f}x")
        folder.close()


if __name__ == "__main__":
    main()
