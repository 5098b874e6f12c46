"""Interviews, as forms ask for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tumen.coding.kinds.model import Field, Holds, Kind, grouped
from tumen.coding.kinds.shared import IDENTIFIERS, RANGE_HELP, WHEN
from tumen.coding.models import Interview

INTERVIEW = Kind(
    "interview",
    Interview,
    _("Interview"),
    _("Interviews"),
    (
        *grouped(
            _("Who took part"),
            (
                Field("teller", _("Teller"), Holds.PARTY, gap=True, copies=False),
                Field("pseudonym", _("Pseudonym of the teller"), Holds.LINE, gap=False, copies=False),
                Field("interviewers", _("Interviewers"), Holds.LINE, gap=False),
                Field("interpreter", _("Interpreter"), Holds.LINE),
                Field("introducer", _("Introduced by"), Holds.LINE,
                      help=_("Who brought the teller and the group together.")),
                Field("channel", _("Way to the interview"), Holds.TERM, list="interview_channel"),
            ),
        ),
        *grouped(
            _("When and how"),
            (
                WHEN,
                Field("place_class", _("Kind of place"), Holds.TERM, list="interview_place",
                      help=_("Never an address: it would lead to people in hiding.")),
                Field("language", _("Language"), Holds.TERM, list="language", gap=False),
                Field("duration", _("Duration in minutes"), Holds.RANGE, help=RANGE_HELP),
                Field("questionnaire", _("Version of the questionnaire"), Holds.LINE),
            ),
        ),
        *grouped(
            _("What bears on it"),
            (
                Field("earlier", _("Earlier interviews and media exposure"), Holds.TEXT, copies=False),
                Field("distress", _("Distress"), Holds.TEXT, copies=False,
                      help=_("What was noticed, and what was done about it.")),
                Field("promises", _("Promises made"), Holds.TEXT, copies=False),
                Field("expenses", _("Expenses paid"), Holds.LINE),
            ),
        ),
    ),
    parts=(IDENTIFIERS,),
    help=_("How this source came to be told. What the teller agreed to is recorded under Consent."),
    key="v",
)  # fmt: skip
