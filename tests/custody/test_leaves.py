"""Leaves: canonical, salted, without a word about what they stand for."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tumen.custody import MalformedLeaf, WeakSalt, commitment, leaf

DIGEST, SALT = bytes(range(32)), b"s" * 16
AT = datetime(2026, 11, 24, 12, 0, 7, 999, tzinfo=UTC)


def test_a_leaf_has_one_spelling() -> None:
    seoul = AT.astimezone(timezone(timedelta(hours=9)))
    assert leaf(DIGEST, SALT, AT) == leaf(DIGEST, SALT, seoul)
    said = hmac.digest(SALT, b"change\0" + DIGEST, "sha256").hex()
    assert leaf(DIGEST, SALT, AT).decode() == f'{{"at":"2026-11-24T12:00:07Z","commitment":"{said}","kind":"change"}}'


def test_digest_salt_and_kind_all_change_the_commitment() -> None:
    made = {commitment(DIGEST, SALT), commitment(DIGEST[::-1], SALT), commitment(DIGEST, b"t" * 16)}
    assert len({*made, commitment(DIGEST, SALT, "original")}) == 4


def test_a_short_salt_a_wrong_digest_and_a_time_without_zone_are_refused() -> None:
    with pytest.raises(WeakSalt):
        leaf(DIGEST, SALT[:15], AT)
    with pytest.raises(MalformedLeaf):
        leaf(DIGEST[:31], SALT, AT)
    with pytest.raises(MalformedLeaf):
        leaf(DIGEST, SALT, AT, "person")  # type: ignore[arg-type]
    with pytest.raises(MalformedLeaf):
        leaf(DIGEST, SALT, AT.replace(tzinfo=None))
