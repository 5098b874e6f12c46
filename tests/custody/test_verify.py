"""The verifier in the bag: alone, with nothing but the standard library, and of one mind with the library."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.making import KEY, TRUSTED, make_bag
from tests.custody.naive import hashes
from tests.custody.test_proofs import flipped, wrong_proofs
from tests.custody.vectors import ENOCH, NOTE, TEXT, VKEY

from tumen.custody import (
    CustodyError,
    Kind,
    SigningKey,
    Tree,
    add_lines,
    cosignature_line,
    sign_note,
    verify,
    verify_inclusion,
    verify_note,
)

# RFC 8032, section 7.1: secret key, message, signature
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        b"",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        b"\x72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        b"\xaf\x82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        hashlib.sha512(b"abc").digest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


@pytest.mark.parametrize(("secret", "message", "signature"), RFC_8032)
def test_the_signatures_of_rfc_8032_hold_and_no_flipped_bit_does(secret: str, message: bytes, signature: str) -> None:
    public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret)).public_key().public_bytes_raw()
    signed = bytes.fromhex(signature)
    assert verify.ed25519(public, message, signed)
    assert not verify.ed25519(public, message + b"\0", signed)
    for bit in range(0, 512, 5):
        assert not verify.ed25519(public, message, flipped(signed, bit))
        assert not verify.ed25519(flipped(public, bit % 256), message, signed)


def test_a_second_spelling_of_a_signature_is_refused() -> None:
    key = SigningKey.generate("a")
    signed = key.sign(b"x")
    again = signed[:32] + (int.from_bytes(signed[32:], "little") + verify.L).to_bytes(32, "little")
    assert verify.ed25519(key.verifier.public, b"x", signed)
    assert not verify.ed25519(key.verifier.public, b"x", again)
    assert verify.point(b"\xff" * 32) is None
    assert verify.point((1 | 1 << 255).to_bytes(32, "little")) is None
    assert not verify.ed25519(key.verifier.public[:31], b"x", signed)
    assert not verify.ed25519(key.verifier.public, b"x", signed[:63])


@given(st.integers(1, 70), st.data())
def test_it_accepts_exactly_the_proofs_that_the_library_accepts(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(-1, size))
    leaves = [b"%d" % number for number in range(size)]
    tree = Tree([hashlib.sha256(b"\0" + leaf).digest() for leaf in leaves])
    proof = tree.inclusion_proof(min(max(index, 0), size - 1))
    leaf = leaves[min(max(index, 0), size - 1)]
    for path in [proof, *wrong_proofs(proof, *hashes(1))]:
        assert _own(leaf, index, size, path, tree.root()) == _library(leaf, index, size, path, tree.root())


def _own(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    try:
        return verify.leaf_root(leaf, index, size, path) == root
    except verify.NotProven:
        return False


def _library(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    try:
        verify_inclusion(index, size, hashlib.sha256(b"\0" + leaf).digest(), path, root)
    except CustodyError:
        return False
    return True


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 7))
def test_it_refuses_every_note_with_a_flipped_bit(at: int, bit: int) -> None:
    changed = flipped(NOTE, at * 8 + bit)
    with pytest.raises(CustodyError):
        verify_note(changed, [VKEY])
    with pytest.raises(verify.NotProven):
        verify.signed_text(changed, [VKEY])


def test_it_reads_notes_as_the_library_does() -> None:
    second = SigningKey.generate("partner.example", Kind.COSIGNATURE)
    note = add_lines(NOTE, [cosignature_line(TEXT, second, 1_700_000_000)])
    assert verify.signed_text(note, [VKEY, second.verifier.text]) == (TEXT, ["PeterNeumann", "partner.example"])
    assert verify.signed_text(note, [VKEY]) == (TEXT, ["PeterNeumann"])
    with pytest.raises(verify.NotProven):
        verify.signed_text(note, [ENOCH])
    with pytest.raises(verify.NotProven):
        verify.signed_text(note, [VKEY[:-1]])


def run(bag: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(bag / "verify.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


def test_it_runs_alone_from_the_bag(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag", {"authority": b"not read here"})
    proven = run(bag, "--key", TRUSTED[0])
    assert (proven.returncode, proven.stderr) == (0, "")
    assert "CAUTION" not in proven.stdout
    assert "openssl ts -verify -in custody/tokens/authority.tsr -data custody/checkpoint.text" in proven.stdout
    unpinned = run(bag)
    assert unpinned.returncode == 0
    assert unpinned.stdout.endswith(f"{TRUSTED[0]}\n") and "CAUTION" in unpinned.stdout
    shutil.move(bag, tmp_path / "moved")
    assert run(tmp_path / "moved", "--key", ENOCH).returncode == 1


def test_it_needs_only_the_standard_library_of_python_3_8() -> None:
    tree = ast.parse(Path(verify.__file__).read_text("utf-8"), feature_version=(3, 8))
    imported = {
        (node.module or "") if isinstance(node, ast.ImportFrom) else node.names[0].name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert {name.partition(".")[0] for name in imported} <= set(sys.stdlib_module_names)


def remake(bag: Path, key: SigningKey = KEY) -> None:
    """Make the manifests and the seal anew, as a forger would who has the key."""
    names = sorted(verify.files_of(bag))
    payload = [name for name in names if name.startswith("data/")]
    (bag / verify.MANIFEST).write_bytes(verify.manifest(bag, payload))
    tags = [name for name in names if name not in payload and name not in (verify.TAG_MANIFEST, verify.SEAL)]
    (bag / verify.TAG_MANIFEST).write_bytes(verify.manifest(bag, tags))
    seal = verify.sealed_text((bag / verify.TAG_MANIFEST).read_bytes())
    (bag / verify.SEAL).write_bytes(sign_note(seal, key))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("custody/openings.jsonl", b"[" * 100_000),
        ("custody/openings.jsonl", b"\xff"),
        ("custody/openings.jsonl", b'{"proof": []}'),
        ("custody/openings.jsonl", b"3"),
        ("custody/openings.jsonl", json.dumps({"proof": "custody/proofs/000000.tlog-proof", "kind": 3}).encode()),
        ("custody/checkpoint", b""),
        ("custody/checkpoint", b"\xff\n\n\xff\n"),
        ("custody/checkpoint.text", b""),
        ("custody/proofs/000000.tlog-proof", b"\xff"),
        ("custody/proofs/000000.tlog-proof", b"c2sp.org/tlog-proof@v1\nextra *\nindex 0\n\n"),
        ("bagit.txt", b"BagIt-Version: 0.97\n"),
        ("data/originals/7.pdf", b"another original"),
    ],
)
def test_a_forgery_with_fresh_manifests_is_refused_without_a_crash(tmp_path: Path, name: str, content: bytes) -> None:
    bag = make_bag(tmp_path / "bag")
    (bag / name).write_bytes(content)
    remake(bag)
    assert verify.examine(bag, TRUSTED)[0]


def test_an_unaltered_bag_with_fresh_manifests_is_the_same_bag(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    remake(bag)
    assert verify.examine(bag, TRUSTED)[0] == []


def test_a_text_that_no_entry_stands_for_is_protected_by_the_seal(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    (bag / "data/texts/7.txt").write_bytes(b"altered")
    remake(bag, SigningKey.generate(KEY.name))
    assert verify.examine(bag, TRUSTED)[0] == ["custody/seal: it is not signed by any of the keys given"]


def test_the_seal_of_another_bag_does_not_fit(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    seal = bag / verify.SEAL
    whole = seal.read_bytes()
    for text in (b"Evidence bag\nsha512 00\n", verify.sealed_text(b"")):
        seal.write_bytes(sign_note(text, KEY))
        assert verify.examine(bag, TRUSTED)[0] == ["custody/seal is of another bag"]
    seal.write_bytes(add_lines(whole, [sign_note(b"x\n", SigningKey.generate("y")).split(b"\n\n")[1]]))
    assert verify.examine(bag, TRUSTED)[0] == ["custody/seal is of another bag"]
