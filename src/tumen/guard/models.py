"""Who may see what: users, compartments, and the roles users have in them."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from tumen.archive.models import Record


class User(AbstractUser):
    """Someone who works with the archive. The name shown is the login name; no e-mail is needed."""

    language = models.CharField(max_length=10, default="en")


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
