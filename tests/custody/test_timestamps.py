"""RFC 3161 timestamps against an authority made with `openssl ts` for the test, and against openssl's own check."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from tests.custody.authority import Authority

from tumen.custody import CustodyError, TimestampMismatch, UnreadableTimestamp, timestamp_request, verify_timestamp

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")

DATA = b"archive.example/log\n3\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"))


def test_a_timestamp_proves_its_time_here_and_to_openssl(authority: Authority) -> None:
    request = timestamp_request(DATA)
    answer = authority.answer(request.der)
    said = verify_timestamp(answer, DATA, [authority.root], request.nonce)
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=5)
    assert verify_timestamp(answer, DATA, [authority.root]) == said
    (authority.folder / "data").write_bytes(DATA)
    authority.run("ts", "-verify", "-in", "answer.tsr", "-data", "data", "-CAfile", "ca.pem")


def test_a_request_made_by_openssl_is_answered_alike(authority: Authority) -> None:
    (authority.folder / "data").write_bytes(DATA)
    authority.run("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "own.tsq")
    answer = authority.answer((authority.folder / "own.tsq").read_bytes())
    verify_timestamp(answer, DATA, [authority.root])


def test_other_data_another_nonce_and_another_authority_are_refused(authority: Authority, stranger: Authority) -> None:
    request = timestamp_request(DATA)
    answer = authority.answer(request.der)
    for data, roots, nonce in (
        (DATA + b"\n", [authority.root], None),
        (DATA, [authority.root], request.nonce + 1),
        (DATA, [stranger.root], None),
        (DATA, [], None),
    ):
        with pytest.raises(TimestampMismatch):
            verify_timestamp(answer, data, roots, nonce)


def test_what_is_no_response_or_no_certificate_is_refused(authority: Authority) -> None:
    answer = authority.answer(timestamp_request(DATA).der)
    for response, root in ((b"", authority.root), (answer[:-1], authority.root), (answer, b"no certificate")):
        with pytest.raises(UnreadableTimestamp):
            verify_timestamp(response, DATA, [root])


def test_no_timestamp_survives_a_flipped_bit_of_what_it_signs(authority: Authority) -> None:
    request = timestamp_request(DATA)
    answer = authority.answer(request.der)
    said = verify_timestamp(answer, DATA, [authority.root], request.nonce)
    for at in range(0, len(answer), 7):
        changed = bytearray(answer)
        changed[at] ^= 1 << at % 8
        try:
            # a bit outside the signed part (a certificate that nobody reads) may change, the word does not
            assert verify_timestamp(bytes(changed), DATA, [authority.root], request.nonce) == said
        except CustodyError:
            continue
