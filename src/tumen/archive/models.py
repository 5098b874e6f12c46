"""The tables of the spine: changes, old states, the custody log, batches, jobs, and the base of every record."""

from __future__ import annotations

from typing import Any

from django.db import models

from tumen.archive.errors import OutsideChange
from tumen.archive.sealed import SealedField


class Change(models.Model):
    """One thing that happened: the audit entry, the unit of undo, the clock of "as known on"."""

    seq = models.BigAutoField(primary_key=True)
    id = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.BigIntegerField(help_text="id of the user, 0 for the system itself")
    kind = models.CharField(max_length=40)
    why = models.TextField(default="", help_text="the reason, when it is the program's own sentence")
    said = SealedField(shows="notes", help_text="the reason, when a person typed it")
    batch = models.ForeignKey("Batch", null=True, on_delete=models.PROTECT, related_name="changes")
    undoes = models.BigIntegerField(null=True, db_index=True, help_text="seq of the change this one reverses")
    salt = models.BinaryField(max_length=16)
    digest = models.BinaryField(max_length=32)
    count = models.IntegerField(default=0, help_text="rows written")


class Batch(models.Model):
    """Bulk work: many short changes that become visible together when it closes."""

    class State(models.TextChoices):
        """Where the work stands."""

        OPEN = "open"
        CLOSED = "closed"
        DROPPING = "dropping"  # its rows are being taken back
        DROPPED = "dropped"

        @classmethod
        def unseen(cls) -> list[str]:
            """Return the states in which live rows of a batch count for nobody."""
            return [cls.OPEN, cls.DROPPING]

    kind = models.CharField(max_length=40)
    why = models.TextField(default="", help_text="the reason, when it is the program's own sentence")
    owner = models.BigIntegerField(null=True, help_text="whose key seals `said`: an id of its own")
    said = SealedField(owner="owner", shows="notes", help_text="the reason, when a person typed it")
    actor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN, db_index=True)
    opened = models.DateTimeField()
    ended = models.DateTimeField(null=True)
    closed_seq = models.BigIntegerField(null=True, help_text="the change that closed it: its place in time")
    undoes = models.BigIntegerField(null=True, help_text="the batch this one reverses")
    cursor = models.TextField(default="", help_text="how far the work got, for a resume after a crash")
    marked = models.BigIntegerField(default=0, help_text="the change that wrote `cursor`; a resume takes back more")

    @property
    def called(self) -> str:
        """What the job is called where anybody may read it."""
        return self.why or f"{self.kind} {self.pk}"


class Superseded(models.Model):
    """An old state of a record, written by a trigger when the live row moved on."""

    id = models.BigAutoField(primary_key=True)
    record = models.BigIntegerField()
    model = models.CharField(max_length=40)
    version = models.IntegerField()
    from_change = models.BigIntegerField()
    to_change = models.BigIntegerField(db_index=True)
    data = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["record", "version"], name="superseded_record"),
            models.Index(fields=["from_change"], name="superseded_from"),
        ]


class Pack(models.Model):
    """Where this copy of the archive takes its ids from: a pack number (a laptop, a site) and a counter."""

    number = models.IntegerField(primary_key=True)
    next = models.BigIntegerField(default=1)


class Job(models.Model):
    """A long piece of work: who asked, how far it is, how to stop it, what came of it."""

    class State(models.TextChoices):
        """Where the job stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    kind = models.CharField(max_length=40)
    params = models.JSONField(default=dict)
    actor = models.BigIntegerField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.TextField(default="")
    cursor = models.JSONField(default=dict, help_text="where to resume")
    result = models.JSONField(default=dict)
    stop = models.BooleanField(default=False)
    created = models.DateTimeField()
    started = models.DateTimeField(null=True)
    beat = models.DateTimeField(null=True, help_text="last sign of life")
    starts = models.IntegerField(default=0, help_text="how often it was taken up")
    ended = models.DateTimeField(null=True)


class BlindIndex(models.Model):
    """A keyed hash of one sealed value, for exact-match search without reading any value.

    Derived data: not versioned, and deleted when its owner is erased.
    """

    id = models.BigAutoField(primary_key=True)
    purpose = models.CharField(max_length=20)
    digest = models.BinaryField(max_length=16)
    record = models.BigIntegerField()
    owner = models.BigIntegerField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["digest", "purpose"], name="blind_digest")]


class Record(models.Model):
    """Base of everything people record. The live row is the current version.

    `change` is the change that wrote this state, `version` counts the states, `retracted` takes the record
    out of every list and count while its history stays. Rows are written by `changes.OpenChange` only.
    """

    id = models.BigIntegerField(primary_key=True)
    version = models.IntegerField(default=1)
    change = models.BigIntegerField(db_index=True)
    retracted = models.BooleanField(default=False)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refuse: a record is written by a verb inside `with change(...)`."""
        raise OutsideChange(f"{type(self).__name__} {self.pk}: use `change.insert`, `update` or `retract`")

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse: nothing is deleted; `change.retract` takes it out of the counts."""
        raise OutsideChange(f"{type(self).__name__} {self.pk}: nothing is deleted; use `change.retract`")


class Identifier(Record):
    """A number that another system, list or document gives to a record."""

    record = models.BigIntegerField(db_index=True)
    scheme = models.CharField(max_length=60, help_text="which list or system gives it")
    value = SealedField(owner="record")


class Property(models.Model):
    """A fact about the archive itself, such as that it is a demonstration."""

    key = models.CharField(max_length=40, primary_key=True)
    value = models.JSONField()


class Written(models.Model):
    """Base of rows that are written once: the database refuses to change or delete them (see `triggers`)."""

    class Meta:
        abstract = True


class Leaf(Written):
    """An entry of the custody log: one for each change, and one after it for each original that it took in.

    `nodes` are the roots of all complete subtrees that end with this leaf, its own hash first: with them, adding a leaf
    and proving one reads as many rows as the tree is high. Rows are never changed; a trigger refuses it.
    """

    id = models.BigIntegerField(primary_key=True, help_text="its place in the log, from 0")
    change = models.BigIntegerField(help_text="seq of the change; no index, since rows stand in the order of changes")
    record = models.BigIntegerField(null=True, help_text="the original it stands for; null: the change itself")
    owner = models.BigIntegerField(null=True, help_text="whose key seals the salt; null: the archive's")
    salt = models.BinaryField()
    nodes = models.BinaryField()


class Checkpoint(Written):
    """A signed note of how long the log was and what root it had; never changed, and numbered without a gap."""

    note = models.BinaryField()


class Attestation(Written):
    """What somebody else signed about a checkpoint; never changed, and numbered without a gap."""

    class Kind(models.TextChoices):
        """Who."""

        COSIGNATURE = "cosignature"  # a second party; `content` its line, `trust` its verifier key
        TIMESTAMP = "timestamp"  # an authority; `content` its answer (DER), `trust` its root certificate (DER)

    checkpoint = models.ForeignKey(Checkpoint, on_delete=models.PROTECT, related_name="attestations")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    content = models.BinaryField()
    trust = models.BinaryField()
