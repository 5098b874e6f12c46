"""Identifiers: what other lists, systems and documents call a record."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tumen.archive.changes import OpenChange
from tumen.archive.models import Identifier, Record
from tumen.coding.errors import BadClaim, Problem


def add_identifier(c: OpenChange, record: Record, scheme: str, value: str) -> Identifier:
    """Give a record the number it has elsewhere. Raises BadClaim when either is empty."""
    problems = [
        Problem(field, _("“{field}” is needed.").format(field=label), _("Choose or write a value."))
        for field, label, text in (("scheme", _("List or system"), scheme), ("value", _("Number"), value))
        if not text.strip()
    ]
    if problems:
        raise BadClaim(problems)
    return c.insert(Identifier, record=record.pk, scheme=scheme.strip(), value=value.strip())
