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
    """What one user may do in one compartment."""

    class Role(models.TextChoices):
        """Presets of permissions; what each means is in `masks`."""

        INVESTIGATOR = "investigator", _("Investigator")
        CODER = "coder", _("Coder")
        ANALYST = "analyst", _("Analyst")
        READER = "reader", _("Reader of coded facts")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    compartment = models.ForeignKey(Compartment, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
