"""Verify an evidence bag, offline, with nothing but Python 3.8 or newer: this one file.

    python3 verify.py [--key KEY]... [BAG]

It reads every file of the bag and checks: all files are there, unaltered, and no others (SHA-512); the bag and the
checkpoint of the log are signed (Ed25519); the entries are in the log (RFC 6962) and are those of the files they name.
Without --key the keys in the bag are used, and the signature shows only that the bag agrees with itself: compare the
key that is printed with one you had from its owner in another way. Timestamps are listed with the command for each.

Exit code 0: everything holds. 1: something does not, and it says what. Short, and written apart from the program that
makes the bags, so that an expert can read it before trusting it.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import os
import re
import stat
import sys
from pathlib import Path
from typing import Any, Iterable, Iterator  # noqa: UP035  Python 3.8

BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha512.txt", "tagmanifest-sha512.txt"
CHECKPOINT, STAMPED, KEYS = "custody/checkpoint", "custody/checkpoint.text", "custody/keys"
OPENINGS, PROOFS, TOKENS = "custody/openings.jsonl", "custody/proofs/", "custody/tokens/"
SEAL = "custody/seal"
REQUIRED = ("bagit.txt", "bag-info.txt", MANIFEST, TAG_MANIFEST, "verify.py", CHECKPOINT, STAMPED, KEYS, OPENINGS, SEAL)


class NotProven(Exception):
    """Something in the bag does not hold; the text says what."""


# --- files and manifests (RFC 8493) -------------------------------------------------------------------------------


def files_of(bag: Path) -> Iterator[str]:
    """Yield the path of every file, relative to the bag, with slashes; refuse links and special files."""
    for folder, folders, names in os.walk(bag):
        for name in folders + names:
            path = Path(folder, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise NotProven(f"{path.relative_to(bag).as_posix()!r} is a link or special file")
            if stat.S_ISREG(mode):
                yield path.relative_to(bag).as_posix()


def digest(path: Path, algorithm: str) -> str:
    """Return the hexadecimal digest of a file's bytes."""
    total = hashlib.new(algorithm)
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            total.update(block)
    return total.hexdigest()


def manifest(bag: Path, names: Iterable[str]) -> bytes:
    """Return the manifest of the files as they are now, in the one form that bags are written in."""
    ordered = sorted(names, key=os.fsencode)
    return b"".join(f"{digest(bag / name, 'sha512')}  ".encode() + os.fsencode(name) + b"\n" for name in ordered)


def differences(name: str, written: bytes, found: bytes) -> Iterator[str]:
    """Say which files a manifest and the bag disagree about."""
    if written == found:
        return
    said, seen = (
        dict(line.split(b"  ", 1)[::-1] for line in text.splitlines() if b"  " in line) for text in (written, found)
    )
    for path in sorted({*said, *seen}):
        if said.get(path) != seen.get(path):
            what = "missing" if path not in seen else "not listed" if path not in said else "altered"
            yield f"{os.fsdecode(path)!r}: {what} ({name})"
    if said == seen:
        yield f"{name} is not in the form in which it was written"


# --- Ed25519 (RFC 8032, section 5.1.7) ----------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)
Point = Any  # (X, Y, Z, T) with x = X/Z, y = Y/Z, x*y = T/Z


def add(p: Point, q: Point) -> Point:
    """Add two points."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar: int, p: Point) -> Point:
    """Multiply a point."""
    total: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = add(total, p)
        p, scalar = add(p, p), scalar >> 1
    return total


def point(encoded: bytes) -> Point:
    """Decode a point; None if the bytes are none, or not in the one encoding it has."""
    y, sign = int.from_bytes(encoded, "little") & (1 << 255) - 1, encoded[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is that of the public key over the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, a))
    return all((left[i] * right[2] - right[i] * left[2]) % P == 0 for i in (0, 1))


# --- signed notes and checkpoints (c2sp.org/signed-note, tlog-checkpoint, tlog-cosignature) -----------------------


def unbase64(text: str, what: str) -> bytes:
    """Decode base64 in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if base64.b64encode(data).decode() != text:
        raise NotProven(f"{what} is not base64")
    return data


def key_of(text: str) -> tuple[str, bytes, int, bytes]:
    """Return name, id, kind and public key of a verifier key."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    data = unbase64(encoded, f"the key {text!r}")
    computed = hashlib.sha256(name.encode() + b"\n" + data).digest()[:4]
    if computed.hex() != key_id or data[:1] not in (b"\1", b"\4") or len(data) != 33:
        raise NotProven(f"{text!r} is no key")
    return name, computed, data[0], data[1:]


def signed_text(note: bytes, keys: list[str]) -> tuple[bytes, list[str]]:
    """Return a note's text and the names of the known keys that signed it; every known signature must hold."""
    body, blank, lines = note.rpartition(b"\n\n")
    if not blank or not lines.endswith(b"\n"):
        raise NotProven("it is not a signed note")
    text, names = body + b"\n", []
    known = {(name, key_id): (kind, public) for name, key_id, kind, public in map(key_of, keys)}
    for line in lines[:-1].decode("utf-8", "replace").split("\n"):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014":
            raise NotProven("it has a line that is no signature")
        data = unbase64(parts[2], f"the signature of {parts[1]}")
        kind, public = known.get((parts[1], data[:4]), (0, b""))
        signature, message = data[4:], text
        if kind == 4:
            message = b"cosignature/v1\ntime %d\n" % int.from_bytes(signature[:8], "big") + text
            signature = signature[8:]
        if kind and not ed25519(public, message, signature):
            raise NotProven(f"the signature of {parts[1]} does not fit")
        names += [parts[1]] if kind else []
    if not names:
        raise NotProven("it is not signed by any of the keys given")
    return text, names


def size_and_root(text: bytes) -> tuple[int, bytes]:
    """Return the tree size and root of a checkpoint's text."""
    lines = text.decode("utf-8", "replace").split("\n")
    if len(lines) < 4 or not re.fullmatch("0|[1-9][0-9]{0,18}", lines[1]):
        raise NotProven("the checkpoint's text has not the form of one")
    return int(lines[1]), unbase64(lines[2], "the root")


# --- inclusion (RFC 9162, section 2.1.3.2) ------------------------------------------------------------------------


def leaf_root(leaf: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root of the tree of `size` leaves in which `leaf` stands at `index`, going up by `path`."""
    if not 0 <= index < size:
        raise NotProven(f"there is no entry {index} among {size}")
    node, last, root = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for other in path:
        if last == 0 or len(other) != 32:
            raise NotProven("the path is too long or broken")
        if node & 1 or node == last:
            root = hashlib.sha256(b"\1" + other + root).digest()
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            root = hashlib.sha256(b"\1" + root + other).digest()
        node, last = node >> 1, last >> 1
    if last:
        raise NotProven("the path is too short")
    return root


def proven_leaf(proof: bytes, checkpoint: bytes, size: int, root: bytes) -> bytes:
    """Return the leaf that a `.tlog-proof` file proves to be in the log of the bag's checkpoint."""
    head, _, note = proof.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if (
        len(lines) < 3
        or lines[0] != "c2sp.org/tlog-proof@v1"
        or not re.fullmatch("index (0|[1-9][0-9]{0,18})", lines[2])
    ):
        raise NotProven("it is not in the form of a proof")
    if note != checkpoint:
        raise NotProven("it is of another checkpoint than the bag's")
    leaf = unbase64(lines[1][6:] if lines[1].startswith("extra ") else "*", "the entry")
    if leaf_root(leaf, int(lines[2][6:]), size, [unbase64(line, "the path") for line in lines[3:]]) != root:
        raise NotProven("the entry is not in the log")
    return leaf


def opened(bag: Path, names: set[str], opening: dict[str, str], leaf: bytes) -> str:
    """Return the file that an entry stands for ("" for a change); the entry must commit to that very file."""
    kind, said = opening["kind"], bytes.fromhex(opening["digest"])
    made = hmac.new(bytes.fromhex(opening["salt"]), kind.encode() + b"\0" + said, "sha256").hexdigest()
    entry = json.loads(leaf)
    if entry["kind"] != kind or entry["commitment"] != made:
        raise NotProven("the entry commits to something else")
    path = opening.get("path", "")
    if path and (path not in names or not path.startswith("data/") or digest(bag / path, "sha256") != said.hex()):
        raise NotProven(f"the entry is not that of {path!r}")
    return path


# --- the whole bag ------------------------------------------------------------------------------------------------


def examine(bag: Path, keys: list[str]) -> tuple[list[str], list[str]]:
    """Return what does not hold in the bag (nothing, if it is proven) and what was found; `keys` are those trusted."""
    try:
        names = set(files_of(bag))
        missing = [f"{name!r}: missing" for name in REQUIRED if name not in names]
        if missing:
            return missing, []
        wrong = [] if (bag / "bagit.txt").read_bytes() == BAGIT else ["bagit.txt is not that of such a bag"]
        payload = [name for name in names if name.startswith("data/")]
        tags = [name for name in names if not name.startswith("data/") and name not in (TAG_MANIFEST, SEAL)]
        for listing, listed in ((MANIFEST, payload), (TAG_MANIFEST, tags)):
            wrong += differences(listing, (bag / listing).read_bytes(), manifest(bag, listed))
        if wrong:
            return wrong, []
        keys = keys or (bag / KEYS).read_text("utf-8").splitlines()
        maker = sealed_by((bag / SEAL).read_bytes(), (bag / TAG_MANIFEST).read_bytes(), keys)
        wrong, found = examine_log(bag, keys, names)
        return wrong, [f"{len(names)} files, all as they were when {maker} made the bag", *found]
    except NotProven as failed:
        return [str(failed)], []
    except (OSError, ValueError, RecursionError) as failed:
        return [f"a file cannot be read: {failed}"], []


def sealed_text(tag_manifest: bytes) -> bytes:
    """Return what a bag's maker signs: the digest of the file that lists the digests of all others but the seal."""
    return b"Evidence bag\nsha512 " + hashlib.sha512(tag_manifest).hexdigest().encode() + b"\n"


def sealed_by(seal: bytes, tag_manifest: bytes, keys: list[str]) -> str:
    """Return who signed the bag as a whole; only the maker can, so that nobody else can make its manifests anew."""
    try:
        text, makers = signed_text(seal, keys)
    except NotProven as failed:
        raise NotProven(f"{SEAL}: {failed}") from None
    if text != sealed_text(tag_manifest) or seal.count(b"\n") != 4:
        raise NotProven(f"{SEAL} is of another bag")
    return makers[0]


def examine_log(bag: Path, keys: list[str], names: set[str]) -> tuple[list[str], list[str]]:
    """Check signature, proofs and openings of a bag whose files are whole; return as `examine` does."""
    note = (bag / CHECKPOINT).read_bytes()
    try:
        text, signers = signed_text(note, keys)
    except NotProven as failed:
        raise NotProven(f"{CHECKPOINT}: {failed}") from None
    if text != (bag / STAMPED).read_bytes():
        raise NotProven(f"{STAMPED} is not the text of the checkpoint")
    size, root = size_and_root(text)
    wrong, leaves, files = [], {}, set()
    for name in sorted(name for name in names if name.startswith(PROOFS)):
        try:
            leaves[name] = proven_leaf((bag / name).read_bytes(), note, size, root)
        except NotProven as failed:
            wrong.append(f"{name!r}: {failed}")
    for number, line in enumerate((bag / OPENINGS).read_text("utf-8").splitlines(), 1):
        try:
            opening = json.loads(line)
            files.add(opened(bag, names, opening, leaves[opening["proof"]]))
        except (NotProven, KeyError, TypeError, ValueError, AttributeError) as failed:
            wrong.append(f"{OPENINGS}, line {number}: {failed}")
    files.discard("")
    tokens = sorted(name for name in names if name.startswith(TOKENS) and name.endswith(".tsr"))
    found = [f"the log of {size} entries is signed by {', '.join(signers)}"]
    found += [f"{len(leaves)} entries are in the log; they stand for {len(files)} files of the bag"]
    found += [f"timestamp: openssl ts -verify -in {name} -data {STAMPED} -CAfile ROOT.pem" for name in tokens]
    return wrong, found


def main() -> int:
    """Examine the bag and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bag", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", action="append", default=[], help="a verifier key that you trust, name+id+base64")
    asked = parser.parse_args()
    wrong, found = examine(asked.bag, asked.key)
    lines = found if not wrong else ["NOT PROVEN:", *wrong]
    if not wrong and not asked.key:
        lines += ["CAUTION: checked with the keys in the bag. Compare them with what their owners gave you:"]
        lines += (asked.bag / KEYS).read_text("utf-8").splitlines()
    sys.stdout.buffer.write("".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
