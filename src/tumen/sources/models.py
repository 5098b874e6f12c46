"""What was told, unchanged: sources, their original bytes, their texts, and the passages that claims point at."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tumen.archive.models import Record
from tumen.archive.sealed import ANYBODY, SealedField
from tumen.guard.models import Compartment, User


class Source(Record):
    """One telling or document: an interview, a memoir, a news article, a case list."""

    class Status(models.TextChoices):
        """How far the work on the source is."""

        NEW = "new", _("New")
        CODING = "coding", _("Being coded")
        CODED = "coded", _("Coded")
        CHECKED = "checked", _("Checked")

    kind = models.CharField(max_length=80, help_text="term of source_kind")
    title = SealedField(shows=ANYBODY, max_length=500, help_text="no names of persons at risk")
    publisher = SealedField(shows=ANYBODY, max_length=300)
    language = models.CharField(max_length=20, default="", blank=True)
    published = models.CharField(max_length=60, default="", blank=True, help_text="EDTF")
    channel = SealedField(shows=ANYBODY, max_length=80, help_text="how it reached the archive")
    collector = SealedField(shows=ANYBODY, max_length=200)
    reliability = models.CharField(max_length=1, default="", blank=True, help_text="A-F, of the source")
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, db_constraint=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.NEW)
    assignee = models.BigIntegerField(null=True, blank=True, help_text="user who works on it")
    embargo = models.CharField(max_length=60, default="", blank=True, help_text="EDTF; not to be published before")
    risk = SealedField(shows="notes", max_length=80, help_text="what could happen to whom if it leaked")
    note = SealedField(shows="notes")


class Citation(Record):
    """One source rests on another: UCA News on iNews, iNews on a rights group."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="cites")
    cites = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="cited_by")


class Original(Record):
    """The bytes as they came; the object store holds them, this row says what they are."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="originals")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=120)
    object = models.CharField(max_length=64, help_text="name in the object store")
    file_name = SealedField()
    warnings = models.JSONField(default=list, help_text="what the reader of the file remarked")


class Text(Record):
    """One immutable rendition of a source: as read, a corrected transcript, a translation, an OCR, a redaction."""

    class Rendition(models.TextChoices):
        """What kind of rendition."""

        READ = "read", _("As read from the file")
        TRANSCRIPT = "transcript", _("Corrected transcript")
        TRANSLATION = "translation", _("Translation")
        OCR = "ocr", _("Text recognition")
        REDACTED = "redacted", _("Redacted")

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="texts")
    original = models.ForeignKey(Original, null=True, on_delete=models.PROTECT, db_constraint=False)
    rendition = models.CharField(max_length=12, choices=Rendition.choices, default=Rendition.READ)
    number = models.IntegerField(default=1, help_text="1, 2, ... of this rendition")
    language = models.CharField(max_length=20, default="", blank=True)
    length = models.IntegerField(help_text="code points")
    pages = models.JSONField(default=list, help_text="where each page starts, in code points")
    body = SealedField(shows="narrative")


class NameMarks(Record):
    """The names in one text: what was marked, and whether a person has said that these are all.

    `marks` are sealed under the text's own key and go with it. `marked` is the change that last wrote them, `reviewed`
    the change whose marks a person found complete: the text is reviewed while the two are the same, so that no later
    mark, and no undo in whatever order, can pass for reviewed.
    """

    text = models.ForeignKey(Text, on_delete=models.PROTECT, db_constraint=False, related_name="names")
    marks = SealedField(owner="text_id", help_text="start-end:kind, in code points, parted by blanks")
    marked = models.BigIntegerField(default=0, help_text="the change that wrote the marks")
    reviewed = models.BigIntegerField(default=0, help_text="the change whose marks were found complete")


class Passage(Record):
    """A stretch of a text, or a place in something without text (a shelf mark, a page, a time code).

    `start` and `end` are code points of the text. When a corrected rendition arrives the passage moves there, and its
    older versions keep the place it had; `lost` says that no place was found.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="passages")
    text = models.ForeignKey(Text, null=True, on_delete=models.PROTECT, db_constraint=False, related_name="passages")
    start = models.IntegerField(null=True)
    end = models.IntegerField(null=True)
    page = models.CharField(max_length=40, default="", blank=True)
    row = models.CharField(max_length=40, default="", blank=True)
    time_code = models.CharField(max_length=40, default="", blank=True)
    lost = models.BooleanField(default=False)


class Upload(models.Model):
    """A file on its way in from a browser, in pieces; it survives a restart.

    Not a record: nothing is known until the file is taken in. Each piece that arrived whole is an object of its own,
    under the key of `owner`, an id that only this upload has.
    """

    class State(models.TextChoices):
        """Where the file is."""

        ARRIVING = "arriving", _("Arriving")
        WAITING = "waiting", _("Being read")
        DONE = "done", _("Taken in")
        FAILED = "failed", _("Could not be read")

    id = models.CharField(primary_key=True, max_length=40)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    owner = models.BigIntegerField()
    file_name = SealedField(owner="owner")
    modified = models.CharField(max_length=40, default="", help_text="when the file was changed last, to know it again")
    length = models.BigIntegerField()
    received = models.BigIntegerField(default=0)
    parts = models.JSONField(default=list, help_text="[object name, size] of each piece, in order")
    facts = SealedField(owner="owner", shows=ANYBODY, help_text="what the form said about the file, as JSON")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ARRIVING)
    trouble = models.JSONField(default=list, help_text="why it could not be taken in, sentence by sentence")
    source = models.BigIntegerField(null=True)
    again = models.BooleanField(default=False, help_text="the source was there already")
    touched = models.DateTimeField(db_index=True)
