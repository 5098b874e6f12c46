"""Who may see what: users, compartments, the roles users have in them, their logins, and what the audit keeps."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.translation import gettext_lazy as _

from tumen.archive.models import Record, Written
from tumen.archive.sealed import SealedField


class User(AbstractUser):
    """Someone who works with the archive. The name shown is the login name; no e-mail is needed."""

    language = models.CharField(max_length=10, default="en")
    one_time = models.BooleanField(default=False, help_text="the password was set by somebody else: it is good once")


class Compartment(Record):
    """A part of the archive that some users see and others do not; sources stand in one, their claims inherit it."""

    code = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=200)


class Membership(Record):
    """One role of one user in one compartment, or, without a compartment, in the archive as a whole."""

    class Role(models.TextChoices):
        """Presets of permissions; what each may do is in `roles.toml`."""

        ADMINISTRATOR = "administrator", _("Administrator")
        AUDITOR = "auditor", _("Auditor")
        INVESTIGATOR = "investigator", _("Investigator")
        CODER = "coder", _("Coder")
        CHECKER = "checker", _("Checker")
        LINKER = "linker", _("Linker")
        ANALYST = "analyst", _("Analyst")
        LAWYER = "lawyer", _("Lawyer")
        PUBLISHER = "publisher", _("Publisher")
        READER = "reader", _("Reader of coded facts")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    compartment = models.ForeignKey(
        Compartment, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=Role.choices)


class Suspension(Record):
    """While it stands, its user cannot log in; what she did stays hers."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="suspensions")


class Session(AbstractBaseSession):
    """A browser that somebody is logged in with, or that is on its way in. Deleting the row ends it."""

    user = models.BigIntegerField(null=True, db_index=True)
    began = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True)
    address = models.CharField(max_length=45, default="", help_text="of the browser, as the network gives it")
    device = models.CharField(max_length=60, default="", help_text="browser and system, as the browser calls itself")


class AuditEvent(Written):
    """One thing that the audit keeps, written by `audit.note` and never again."""

    class Kind(models.TextChoices):
        """What can happen. Changes of records are no events: they are in the log of changes, which the page joins."""

        LOGIN = "login", _("Login")
        LOGIN_FAILED = "login failed", _("Failed login")
        LOGIN_SLOWED = "login slowed", _("Login slowed down: too many attempts")
        LOGOUT = "logout", _("Logout")
        LOCK = "lock", _("Page locked")
        UNLOCK = "unlock", _("Page unlocked")
        SESSION_END = "session end", _("Login ended")
        PASSWORD = "password", _("Password set")
        FACTOR_ADDED = "factor added", _("Second factor added")
        FACTOR_REMOVED = "factor removed", _("Second factor removed")
        FACTOR_FAILED = "factor failed", _("Wrong code or key")
        CODES = "codes", _("Recovery codes made")
        REFUSAL = "refusal", _("Refused")
        OPENED = "opened", _("Source or record opened")
        EXPORT = "export", _("Export")
        REVEAL = "reveal", _("Identity revealed")
        CONSENT = "consent", _("Consent decision")
        USER = "user", _("User changed")
        ROLE = "role", _("Role changed")
        AUDIT_READ = "audit read", _("Audit read")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=20, choices=Kind.choices, db_index=True)
    user = models.BigIntegerField(default=0, db_index=True, help_text="who did it, 0 for nobody or the archive itself")
    about = models.BigIntegerField(null=True, help_text="whom or what it concerns: a user or a record")
    compartment = models.BigIntegerField(null=True, db_index=True)
    count = models.BigIntegerField(null=True, help_text="how many rows or persons")
    what = models.CharField(max_length=80, default="", help_text="a word of the program's: a page, a form, a cause")
    address = models.CharField(max_length=45, default="", help_text="of the browser")
    words = models.BigIntegerField(null=True, help_text="whose key seals `said`: an id of its own")
    said = SealedField(owner="words", shows="notes", help_text="what a person typed, such as the reason of a reveal")
