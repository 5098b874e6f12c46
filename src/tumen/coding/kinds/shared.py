"""Fields, parts and helps that several kinds of claim have in common."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tumen.coding.kinds.model import Field, Holds, Part

RANGE_HELP = _("25, or 20–25; 23+ for 23 or more; “to” alone for up to.")
DATE_HELP = _("As the source puts it: 2009, March 2009, winter 2011, before 2010, 2009~2011.")
CHAIN_HELP = _("Publisher first, origin last: UCA News < iNews < NKDB")

WHEN = Field("date", _("When"), Holds.DATE, bounds=("low", "high"), help=DATE_HELP)
WHERE = Field("place", _("Place"), Holds.PLACE)
NOTE = Field("note", _("Clarifying note"), Holds.TEXT, gap=False, copies=False)
SUMMARY = Field("summary", _("Summary"), Holds.TEXT, gap=False, copies=False)
ATTRIBUTION = (
    Field("attributed_to", _("Who says so"), Holds.LINE),
    Field("chain", _("Through whom"), Holds.CHAIN, gap=False, help=CHAIN_HELP),
)

TELLINGS = Part("tellings", "telling", "claim", True, _("Told by"), _("Another telling"), copies=True, last=True)
IDENTIFIERS = Part("identifiers", "identifier", "record", True, _("Identifiers"), _("Another identifier"), last=True)
"""Anything recorded can have numbers that other lists, systems or documents give it."""
