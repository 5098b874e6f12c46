"""`tumen verify`: the whole log recomputed, and every original rehashed.

Four layers hold one another: a record's states give the digest of its change, the change's row gives its leaf, the
leaves give the tree, and the tree gives the roots of the checkpoints, which are signed, by this archive and by those
who countersigned. What does not fit is told where it does not fit, so that one sees which layer was altered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from tumen.archive import identity, jobs, properties, versions
from tumen.archive.backend.base import plainly
from tumen.archive.check import RESTORE, Finding, digests, kept_states
from tumen.archive.errors import ArchiveError, DamagedKeys
from tumen.archive.log import attestations, checkpoints, entries, tree
from tumen.archive.log.checkpoints import Signed
from tumen.archive.models import Attestation, Batch, Change, Checkpoint, Leaf
from tumen.custody import CustodyError, Frontier, leaf, leaf_hash, verify_consistency
from tumen.custody.merkle import HASH_BYTES

AT_ONCE = 5000
SHOWN = 20
LAST = "custody-verified"
JOB = "verify"

FORGED = "somebody altered the archive's files by other means than Tumen: keep this copy, and compare with a backup"
Tell = Callable[[str, int, int], None]
Row = tuple[int, int, int | None, int | None, bytes, bytes, int | None, str | None, str | None, str | None]


@dataclass
class Report:
    """What was looked at, and what was found.

    Attributes:
        entries: leaves of the log.
        erased: those whose salt went with a person's key: they stand in the tree, and nobody can tell what they were.
        originals: files that were read through.
        checkpoints, attestations: signatures that hold.
        findings: what does not.
    """

    entries: int = 0
    erased: int = 0
    originals: int = 0
    checkpoints: int = 0
    attestations: int = 0
    findings: list[Finding] = field(default_factory=list)


def run(tell: Tell = lambda what, done, total: None) -> Report:
    """Verify the open archive, each layer as it is at one moment; `tell` is told (what, done, of how many)."""
    report = Report()
    report.findings.extend(findings(report, tell))
    return report


def findings(report: Report, tell: Tell = lambda what, done, total: None) -> Iterator[Finding]:
    """Yield what does not hold, as it is met; `report` is given the counts."""
    for part in (_changes, _jobs, _log, _attestations, _originals):
        try:
            # Files are read while others work: an original and its row never change.
            with versions.one_moment() if part is not _originals else contextlib.nullcontext():
                yield from part(report, tell)
        except (ArchiveError, DatabaseError, ValueError, TypeError) as error:  # a value of no possible form
            yield Finding("file", f"it could not be read on: {error}", RESTORE)


def keep(report: Report) -> None:
    """Remember what came of a verification, for the page of custody. Raises DiskFull."""
    kept = {name: value for name, value in asdict(report).items() if name != "findings"}
    kept |= {"findings": len(report.findings), "at": timezone.now().isoformat()}
    kept["first"] = [f"{one.kind}: {one.what}" for one in report.findings[:SHOWN]]
    with plainly("keeping a result"):
        properties.put(LAST, kept)


@jobs.job(JOB)
def _in_background(running: jobs.Running) -> dict[str, Any]:
    """Verify for the page of custody. Nothing can be written, and so nothing told, while a moment is held."""

    def tell(what: str, done: int, total: int) -> None:
        if not connection.connection.in_transaction:
            running.progress(done, total)

    report = run(tell)
    keep(report)
    return {"findings": len(report.findings)}


def _changes(report: Report, tell: Tell) -> Iterator[Finding]:
    """Recompute the digest of each change from its records."""
    total = versions.newest()
    yield from digests(lambda done: tell("Changes", done, total))
    yield from kept_states()


def _jobs(report: Report, tell: Tell) -> Iterator[Finding]:
    """See that each bulk job stands where the changes that closed it put it: that is what makes its rows count."""
    closing = dict(Change.objects.filter(kind="close").values_list("batch_id", "seq"))
    dropped = set(Batch.objects.filter(kind="drop", pk__in=closing).values_list("undoes", flat=True))
    for number, state, seq in Batch.objects.values_list("pk", "state", "closed_seq"):
        if number in closing:
            told = state == Batch.State.CLOSED and seq == closing[number]
        else:
            told = state in Batch.State.unseen() or (state == Batch.State.DROPPED and number in dropped)
        if not told:
            yield Finding("job", f"bulk job {number} is said to be {state}, and the log says otherwise", FORGED)


def _log(report: Report, tell: Tell) -> Iterator[Finding]:
    """Recompute every leaf, the tree, and the root of every checkpoint."""
    try:
        key = checkpoints.verifier()
    except DamagedKeys as error:
        yield Finding("key", str(error), RESTORE)
        return
    signed = []
    for row in _numbered(Checkpoint):
        if isinstance(row, Finding):
            yield row
            continue
        try:
            found = checkpoints.read(row, key)
        except CustodyError as error:
            yield Finding("checkpoint", f"checkpoint {row.pk}: {error}", FORGED)
            continue
        if found.number == row.pk:
            signed.append(found)
        else:
            yield Finding("checkpoint", f"checkpoint {row.pk} is number {found.number} in another's place", FORGED)
    roots = dict.fromkeys((one.statement.size for one in signed), b"")
    yield from _leaves(report, roots, tell)
    yield from _unlogged()
    for one in signed:
        root = roots[one.statement.size] if one.statement.size else Frontier().root
        if root == one.statement.root:
            report.checkpoints += 1
        else:
            yield Finding("checkpoint", _why_not(one, root, report.entries), FORGED)
    yield from _continuity(signed)


def _why_not(signed: Signed, root: bytes, entries_: int) -> str:
    where = f"checkpoint {signed.number} of {signed.day}"
    if not root:
        return f"{where} saw {signed.statement.size} entries, and the log has {entries_}: its end is missing"
    return f"{where}: the first {signed.statement.size} entries are not those that it signed"


def _continuity(signed: Sequence[Signed]) -> Iterator[Finding]:
    """See that each checkpoint continues the one before, by the proof that a second party would be given."""
    kept = tree.LogTree()
    for before, after in pairwise(signed):
        size1, size2 = before.statement.size, after.statement.size
        if size1 == 0:
            continue
        try:
            proof = kept.consistency_proof(size1, size2)
            verify_consistency(size1, size2, before.statement.root, after.statement.root, proof)
        except (CustodyError, ArchiveError) as error:
            what = f"checkpoint {after.number} does not continue checkpoint {before.number}: {error}"
            yield Finding("checkpoint", what, FORGED)


def _leaves(report: Report, roots: dict[int, bytes], tell: Tell) -> Iterator[Finding]:
    frontier, last, total = Frontier(), 0, tree.size()
    with connection.cursor() as cursor:
        cursor.execute(_rows_sql())
        while rows := cursor.fetchmany(AT_ONCE):
            keys = identity.readable({row[3] for row in rows if row[3] is not None})
            for row in rows:
                place, seq, record, stored, nodes = row[0], row[1], row[2], bytes(row[5][:HASH_BYTES]), row[5]
                where = f"change {seq}" if record is None else f"original {record}, taken in by change {seq},"
                if place != report.entries:
                    yield Finding("log", f"entries {report.entries} to {place - 1} of the log are missing", FORGED)
                    report.entries = place
                if seq != last + (record is None):
                    yield Finding("log", f"entry {place} is of {where} out of its order", FORGED)
                report.entries, last = report.entries + 1, seq
                made, what = _remade(row, keys)
                if what:
                    yield Finding("log", f"entry {place}: {where} {what}", FORGED)
                elif made is None:
                    report.erased += 1
                elif made != stored:
                    yield Finding("log", f"entry {place}: {where} is not what the log was told", FORGED)
                if len(stored) != HASH_BYTES:
                    stored = made or bytes(HASH_BYTES)
                if b"".join(frontier.append(stored)) != nodes:
                    yield Finding("log", f"entry {place}: the nodes of the tree are not those of its entries", FORGED)
                if frontier.size in roots and frontier.size == report.entries:
                    roots[frontier.size] = frontier.root
            tell("Log", report.entries, total)


def _remade(row: Row, keys: dict[int, bytes]) -> tuple[bytes | None, str]:
    """Return the leaf hash that a row's change or original gives, None when its salt was erased; or what is wrong."""
    place, _seq, record, owner, salt, _nodes, number, at, text, digest = row
    if text is None or at is None:
        return None, "is not in the archive"
    if record is not None and digest is None:
        return None, "has no record"
    salt = bytes(salt)
    if owner is not None:
        if owner != (number if record is None else record):
            return None, "has a salt under somebody else's key"
        if owner not in keys:
            return None, "has lost its key" if identity.missing([owner]) else ""
        try:
            salt = entries.opened_salt(keys[owner], place, salt)
        except (ArchiveError, ValueError):
            return None, "has a salt that does not open"
    try:
        what = sha256(entries.said(text)).digest() if record is None else bytes.fromhex(digest or "")
        return leaf_hash(leaf(what, salt, entries.moment(at), entries.kind_of(record))), ""
    except (CustodyError, ValueError) as error:
        return None, f"cannot be recomputed: {error}"


def _rows_sql() -> str:
    """Return the statement that gives each leaf with what it was made of; expressions, so that nothing is converted."""
    originals = " UNION ALL ".join(
        f"SELECT o.{exhibit.column} FROM {exhibit.table} o WHERE o.id = l.record" for exhibit in entries.exhibits()
    )
    return (
        f"SELECT l.id, l.change, l.record, l.owner, l.salt, l.nodes, c.id, c.at || '', {entries.SAID}, "
        f"CASE WHEN l.record IS NOT NULL THEN ({originals or 'NULL'}) END "
        f"FROM {Leaf._meta.db_table} l LEFT JOIN archive_change c ON c.seq = l.change ORDER BY l.id"
    )


def _unlogged() -> Iterator[Finding]:
    """Yield changes and originals that the log does not have."""
    leaves = Leaf._meta.db_table
    asked = [("change", "archive_change", "seq", f"SELECT change FROM {leaves} WHERE record IS NULL")]
    for exhibit in entries.exhibits():
        asked.append(("original", exhibit.table, "id", f"SELECT record FROM {leaves} WHERE record IS NOT NULL"))
    for what, table, column, logged in asked:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {column} FROM {table} WHERE {column} NOT IN ({logged}) LIMIT {SHOWN}")
            for (number,) in cursor.fetchall():
                yield Finding("log", f"{what} {number} is not in the log", FORGED)


def _attestations(report: Report, tell: Tell) -> Iterator[Finding]:
    """Verify again what others signed."""
    for row in _numbered(Attestation):
        if isinstance(row, Finding):
            yield row
            continue
        try:
            attestations.verified(row)
            report.attestations += 1
        except (CustodyError, DamagedKeys, Checkpoint.DoesNotExist, UnicodeDecodeError) as error:
            yield Finding("attestation", f"attestation {row.pk} of checkpoint {row.checkpoint_id}: {error}", FORGED)


def _originals(report: Report, tell: Tell) -> Iterator[Finding]:
    """Read every original through."""
    for exhibit in entries.exhibits():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {exhibit.table} ORDER BY id")
            numbers = [number for (number,) in cursor.fetchall()]
        for done, number in enumerate(numbers, 1):
            yield from exhibit.look(number, True)
            report.originals += 1
            tell("Originals", done, len(numbers))


def _numbered(model: type[Any]) -> Iterator[Any]:
    """Yield the rows of a table that is never deleted from, and a finding for each that is missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table])
        newest = (cursor.fetchone() or (0,))[0]
    name, expected = model._meta.model_name, 1
    for row in model.objects.order_by("pk").iterator():
        for number in range(expected, min(row.pk, expected + SHOWN)):
            yield Finding(name, f"{name} {number} is missing", FORGED)
        yield row
        expected = row.pk + 1
    for number in range(expected, min(newest + 1, expected + SHOWN)):
        yield Finding(name, f"{name} {number} is missing", FORGED)
