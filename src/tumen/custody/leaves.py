"""What the log holds of a change or an original: a salted commitment, its kind and its time. No name, no file, no case.

Without the salt a commitment says nothing, not even whether two are of one thing. Whoever keeps the digest and the salt
can open it; when the salt is erased with a person's key, the leaf stays and the log still verifies.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from typing import Literal

from tumen.custody.errors import MalformedLeaf, WeakSalt

LeafKind = Literal["change", "original"]
SALT_BYTES = 16


def commitment(digest: bytes, salt: bytes, kind: LeafKind = "change") -> bytes:
    """Return HMAC-SHA256 under `salt` over the kind, a zero byte and the digest (32 bytes of SHA-256).

    Raises WeakSalt, MalformedLeaf.
    """
    if len(salt) < SALT_BYTES:
        raise WeakSalt(f"A salt has at least {SALT_BYTES} random bytes, not {len(salt)}.")
    if len(digest) != sha256().digest_size or kind not in ("change", "original"):
        raise MalformedLeaf("A leaf commits to the SHA-256 digest of a change or of an original.")
    return hmac.digest(salt, kind.encode() + b"\x00" + digest, "sha256")


def leaf(digest: bytes, salt: bytes, at: datetime, kind: LeafKind = "change") -> bytes:
    """Return the canonical bytes of a leaf: JSON with sorted keys and no spaces, the time in whole seconds of UTC.

    `digest` is that of a change record, or the SHA-256 of an original's bytes. Raises WeakSalt, and MalformedLeaf when
    `at` has no time zone.
    """
    if at.tzinfo is None:
        raise MalformedLeaf("The time of a leaf needs a time zone.")
    # What json.dumps would give with sorted keys and no spaces, at a third of its time.
    time = at.astimezone(UTC).isoformat(timespec="seconds").removesuffix("+00:00")
    return f'{{"at":"{time}Z","commitment":"{commitment(digest, salt, kind).hex()}","kind":"{kind}"}}'.encode()
