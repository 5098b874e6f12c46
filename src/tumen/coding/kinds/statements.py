"""Practice statements, figures and quotations, as forms ask for them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tumen.coding.kinds.model import Field, Holds, Kind
from tumen.coding.kinds.shared import ATTRIBUTION, CHAIN_HELP, IDENTIFIERS, RANGE_HELP, SUMMARY, TELLINGS, WHEN, WHERE
from tumen.coding.models import Figure, PracticeStatement, Quotation

PRACTICE = Kind(
    "practice-statement",
    PracticeStatement,
    _("Practice statement"),
    _("Practice statements"),
    (
        Field("type", _("Type of conduct"), Holds.TERM, list="act_type"),
        WHEN,
        WHERE,
        *ATTRIBUTION,
        SUMMARY,
    ),
    parts=(TELLINGS, IDENTIFIERS),
    key="s",
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
        WHEN,
        *ATTRIBUTION,
    ),
    parts=(TELLINGS, IDENTIFIERS),
    key="f",
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
    parts=(TELLINGS, IDENTIFIERS),
    key="q",
    help=_("Words in quotation marks. The words themselves are its passage."),
)
