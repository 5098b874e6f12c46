"""Leaves a second through tumen.custody, against the plain recursion of RFC 6962 and bare hashlib, in the same run;
then the log inside an archive: its share of an import, and a million leaves verified.

Run with: PYTHONPATH=src python -m benchmarks.custody
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from benchmarks.summary import note
from tumen.custody import (
    Checkpoint,
    Entry,
    Evidence,
    Frontier,
    ProofFile,
    SigningKey,
    Tree,
    leaf,
    leaf_hash,
    verify_bag,
    verify_consistency,
    verify_inclusion,
    verify_note,
    write_bag,
)

LEAVES = 1_000_000
SAMPLE = 20_000
BAG_FILES = 200


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that `work` takes."""
    started = time.process_time()
    work()
    return time.process_time() - started


def bare(leaves: list[bytes]) -> None:
    """Do the hashing of a tree, and nothing else: one SHA-256 a leaf, one of 65 bytes an inner node."""
    for data in leaves:
        sha256(data).digest()
    node = bytes(65)
    for _ in range(len(leaves) - 1):
        sha256(node).digest()


def recursion(hashes: list[bytes]) -> bytes:
    """Compute the root as the RFC defines it."""
    if len(hashes) == 1:
        return hashes[0]
    k = 1 << ((len(hashes) - 1).bit_length() - 1)
    return sha256(b"\x01" + recursion(hashes[:k]) + recursion(hashes[k:])).digest()


def line(what: str, count: int, taken: float) -> None:
    """Print one rate."""
    print(f"{what:58} {count / taken:12,.0f} /s  {taken:8.2f} s")


def logs() -> None:
    """Measure the tree and its proofs."""
    rng = random.Random(4)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    salt, digests = rng.randbytes(16), [rng.randbytes(32) for _ in range(1000)]
    line("leaf() of a change", 20_000, seconds(lambda: [leaf(digests[n % 1000], salt, at) for n in range(20_000)]))
    data = [b"%0140d" % number for number in range(LEAVES)]
    floor = seconds(lambda: bare(data))
    line("bare hashlib, the same number of hashes", LEAVES, floor)
    made: list[Tree] = []
    replay = seconds(lambda: made.append(Tree(map(leaf_hash, data))) or made[0].root())
    line("leaf hashes and tree, root at the end", LEAVES, replay)
    tree, hashes = made[0], [leaf_hash(one) for one in data]
    frontier = Frontier()
    line("Frontier.append, leaf by leaf", LEAVES, seconds(lambda: [frontier.append(one) for one in hashes]))
    assert frontier.root == tree.root()
    naive = seconds(lambda: recursion(hashes))
    line("the RFC's recursion, leaf hashes given", LEAVES, naive)
    own = seconds(lambda: Tree(hashes).root())
    line("Tree, leaf hashes given", LEAVES, own)
    asked = [rng.randrange(LEAVES) for _ in range(SAMPLE)]
    proofs: list[list[bytes]] = []
    line("inclusion_proof", SAMPLE, seconds(lambda: proofs.extend(tree.inclusion_proof(index) for index in asked)))
    root = tree.root()
    checking = seconds(
        lambda: [verify_inclusion(i, LEAVES, hashes[i], p, root) for i, p in zip(asked, proofs, strict=True)]
    )
    line("verify_inclusion", SAMPLE, checking)
    sizes = [rng.randrange(1, LEAVES) for _ in range(1000)]
    pairs = [(size, tree.root(size), tree.consistency_proof(size)) for size in sizes]
    line("verify_consistency", 1000, seconds(lambda: [verify_consistency(s, LEAVES, r, root, p) for s, r, p in pairs]))
    key = SigningKey.generate("bench.example")
    signed = Checkpoint("bench.example", LEAVES, root).signed(key)
    line("verify_note", 1000, seconds(lambda: [verify_note(signed, [key.verifier.text]) for _ in range(1000)]))
    note("custody: 1,000,000 leaves verified", 20, replay, " s", f"{replay / floor:.1f} x bare hashlib")


def bags() -> None:
    """Measure writing and verifying a bag of 200 files of 1 MB."""
    rng = random.Random(4)
    content = [rng.randbytes(1_000_000) for _ in range(BAG_FILES)]
    at, salt, key = datetime(2026, 11, 24, tzinfo=UTC), rng.randbytes(16), SigningKey.generate("bench.example")
    digests = [sha256(one).digest() for one in content]
    leaves = [leaf(digest, salt, at, "original") for digest in digests]
    tree = Tree(map(leaf_hash, leaves))
    signed = Checkpoint("bench.example", len(tree), tree.root()).signed(key)
    entries = [
        Entry(ProofFile(leaves[n], n, tuple(tree.inclusion_proof(n)), signed), "original", digests[n], salt, f"{n}.bin")
        for n in range(BAG_FILES)
    ]
    with tempfile.TemporaryDirectory() as place:
        bag, evidence = Path(place, "bag"), Evidence(signed, [key.verifier.text], entries)
        files = [(f"{n}.bin", BytesIO(one)) for n, one in enumerate(content)]
        line("write_bag, files of 1 MB", BAG_FILES, seconds(lambda: write_bag(bag, files, evidence, {}, key)))
        line("verify_bag, files of 1 MB", BAG_FILES, seconds(lambda: verify_bag(bag, evidence.keys)))
    digesting = seconds(lambda: [sha256(one).digest() for one in content])
    line("bare SHA-256 of the same files", BAG_FILES, digesting)


def main() -> None:
    """Measure and print."""
    logs()
    bags()
    from benchmarks import custody_archive

    custody_archive.measure()


if __name__ == "__main__":
    main()
