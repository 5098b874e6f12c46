"""A second factor for users of tests: an app whose codes are computed here, and recovery codes known in advance."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from collections import Counter
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt

SEED = "5eed" * 20
SECRET = base64.b32encode(b"a secret of twenty b").decode()
_used: Counter[str] = Counter()


def equip(user: Any) -> None:
    """Give a user an app and recovery codes, as if she had set them up."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(SECRET)})
    codes = {"seed": encrypt(SEED), "used_mask": 0, "viewed_at": 1.0}
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data=codes)


def next_recovery_code(archive: str) -> str:
    """Return a recovery code that was not used yet in the archive of this name; each user has ten."""
    _used[archive] += 1
    return recovery_codes()[_used[archive] - 1]


def recovery_codes() -> list[str]:
    """Return the codes of everybody who was equipped, as allauth makes them of a seed."""
    running, codes = hmac.new(SEED.encode(), digestmod=hashlib.sha1), []
    for number in range(10):
        running.update(f"{number:3},".encode())
        codes.append(f"{int.from_bytes(running.digest()[:4], 'big') % 10**8:08}")
    return codes


def app_code(secret: str = SECRET, at: float | None = None) -> str:
    """Return what an app shows (RFC 6238: HMAC-SHA-1, 30 seconds, six digits)."""
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"
