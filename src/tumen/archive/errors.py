"""What can go wrong with an archive: one class a failure, each saying how it arises and what to do."""


class ArchiveError(Exception):
    """Base of everything that can go wrong with an archive; never raised itself."""


class ArchiveClosed(ArchiveError):
    """The database was asked for before an archive was opened in this process."""


class NotAnArchive(ArchiveError):
    """The folder named does not hold an archive: a wrong path, or a copy that lost its `keys.json`."""


class AlreadyThere(ArchiveError):
    """`tumen init` or a restore was pointed at a folder that already holds something."""


class DamagedArchive(ArchiveError):
    """A file of the archive is missing, altered, or belongs to another archive."""


class NewerArchive(ArchiveError):
    """The archive was opened by a newer version of Tumen, which changed its tables; this one would harm it."""


class NotWritable(ArchiveError):
    """The archive's folder or files cannot be written or opened: read-only, another owner's, moved or unmounted."""


class WrongPassphrase(ArchiveError):
    """The passphrase or key file given opens none of the wraps in `keys.json`."""


class LastWayIn(ArchiveError):
    """The passphrase of an archive was to be taken away; it can only be replaced."""


class WrongShares(ArchiveError):
    """What was typed from recovery sheets cannot be right: a word of no list, a mistake, sheets of different sets."""


class DamagedKeys(ArchiveError):
    """`keys.json` or the identity keys cannot be read: cut short, altered, or of a newer version of Tumen."""


class OutsideChange(ArchiveError):
    """A record was about to be written outside `with change(...)`, where nothing would log it."""


class NoReason(ArchiveError):
    """A change was opened without saying why; the reason is part of the audit entry."""


class UnknownField(ArchiveError):
    """A verb was given a field that the record does not have."""


class NoOwner(ArchiveError):
    """A sealed value was given to a record whose owner, whose key would seal it, is not set."""


class NoSuchVersion(ArchiveError):
    """An edit says it started from a version that the record never had."""


class StaleEdit(ArchiveError):
    """Two people changed the same fields of one record; carries what each saw, for the three-way page.

    `base` is the state the editor started from, `theirs` what is stored now, `mine` what the editor
    wants, `fields` the names that both changed to different values.
    """

    def __init__(
        self,
        record: int,
        base: dict[str, object],
        theirs: dict[str, object],
        mine: dict[str, object],
        fields: list[str],
    ) -> None:
        super().__init__(f"record {record}: {', '.join(fields)} changed by someone else meanwhile")
        self.record, self.base, self.theirs, self.mine, self.fields = record, base, theirs, mine, fields


class BusyRecord(ArchiveError):
    """The record is held by a bulk job, or by the undoing of one; it can be edited when that has finished."""


class UndoConflict(ArchiveError):
    """What a change did has been built upon since; lists (record, field) pairs that would lose later work."""

    def __init__(self, conflicts: list[tuple[int, str]]) -> None:
        listed = ", ".join(f"{record}.{field}" for record, field in conflicts[:5])
        more = "" if len(conflicts) <= 5 else f" and {len(conflicts) - 5} more"
        super().__init__(f"edited since: {listed}{more}; undo the later changes first")
        self.conflicts = conflicts


class NoSuchChange(ArchiveError):
    """The change or bulk job to undo, resume or drop does not exist or is not in a state for it."""


class Erased(ArchiveError):
    """The key of a sealed value was destroyed on purpose; nothing can read it again."""


class ErasureUnfinished(ArchiveError):
    """A key was destroyed, but another process kept its old page from being overwritten; erase again."""


class DamagedObject(ArchiveError):
    """An original fails its authentication or its hash: cut short, altered, or missing."""


class DiskFull(ArchiveError):
    """The disk could not take what was being written; nothing of it was kept."""


class BatchClosed(ArchiveError):
    """A bulk job tried to write into a batch that was already closed or dropped, perhaps by someone else."""


class JobStopped(ArchiveError):
    """Someone asked the running job to stop; it leaves at a safe point."""


class UnknownCheckpoint(ArchiveError):
    """What came back to be taken in is no checkpoint of this archive's log: of another archive, or altered."""


class NotABackup(ArchiveError):
    """A restore was pointed at a folder that holds no whole backup, or at one that does not pass its checks."""
