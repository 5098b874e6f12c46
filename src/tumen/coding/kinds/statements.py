"""Practice statements, figures and quotations, as forms ask for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tumen.coding.kinds.model import RANGE_HELP, Field, Holds, Kind
from tumen.coding.kinds.parties import DATE_HELP, DAYS
from tumen.coding.models import Figure, PracticeStatement, Quotation

CHAIN_HELP = _("Publisher first, origin last: UCA News < iNews < NKDB")

PRACTICE = Kind(
    "practice-statement",
    PracticeStatement,
    _("Practice statement"),
    _("Practice statements"),
    (
        Field("type", _("Type of conduct"), Holds.TERM, list="act_type"),
        Field("date", _("When"), Holds.DATE, bounds=DAYS, help=DATE_HELP),
        Field("place", _("Place"), Holds.PLACE),
        Field("attributed_to", _("Who says so"), Holds.LINE),
        Field("chain", _("Through whom"), Holds.CHAIN, gap=False, help=CHAIN_HELP),
        Field("summary", _("Summary"), Holds.TEXT, gap=False, copies=False),
    ),
    help=_("A general statement (“they always ...”). It can be cited and is never counted as an act."),
)

FIGURE = Kind(
    "figure",
    Figure,
    _("Figure"),
    _("Figures"),
    (
        Field("value", _("Value"), Holds.AMOUNT, store=("low_milli", "high_milli"), copies=False,
              help=RANGE_HELP),
        Field("qualifier", _("Qualifier"), Holds.TERM, list="qualifier", gap=False, copies=False),
        Field("unit", _("Unit of the figure"), Holds.TERM, list="figure_unit", required=True, gap=False),
        Field("per", _("Per"), Holds.CHOICE, gap=False, choices=(("year", _("year")), ("month", _("month")),
              ("day", _("day"))), help=_("Empty for a number at one time.")),
        Field("counted", _("What is counted"), Holds.LINE, copies=False, help=_("In the source’s own terms.")),
        Field("population", _("Of which population"), Holds.LINE),
        Field("place", _("Where"), Holds.PLACE),
        Field("date", _("When"), Holds.DATE, bounds=DAYS, help=DATE_HELP),
        Field("attributed_to", _("Who says so"), Holds.LINE),
        Field("chain", _("Through whom"), Holds.CHAIN, gap=False, help=CHAIN_HELP),
    ),
    help=_("A number as this source gives it. Nothing here becomes “the number”."),
)  # fmt: skip

QUOTATION = Kind(
    "quotation",
    Quotation,
    _("Quotation"),
    _("Quotations"),
    (
        Field("speaker", _("Speaker"), Holds.PARTY),
        Field("speaker_told", _("Or as the source names the speaker"), Holds.LINE, gap=False),
        Field("role", _("Speaks as"), Holds.LINE, help=_("Office or part, such as “legal adviser of ...”.")),
        Field("chain", _("Through whom"), Holds.CHAIN, gap=False, help=CHAIN_HELP),
    ),
    help=_("Words in quotation marks. The words themselves are its passage."),
)
