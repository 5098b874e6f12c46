"""Acts and what hangs on them, as forms ask for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tumen.coding.kinds.model import Field, Holds, Kind, Part, grouped
from tumen.coding.kinds.shared import IDENTIFIERS, NOTE, RANGE_HELP, SUMMARY, TELLINGS, WHEN, WHERE
from tumen.coding.models import Act, Episode, Incident, Involvement, Telling, Transfer

INVOLVEMENT = Kind(
    "involvement",
    Involvement,
    _("By whom"),
    _("By whom"),
    (
        Field("party", _("Who"), Holds.PARTY, gap=False),
        Field("agency", _("Agency or type"), Holds.TERM, list="agency"),
        Field("degree", _("Part in it"), Holds.TERM, list="degree", gap=False),
        Field("unit", _("Unit"), Holds.UNIT, gap=False),
        Field("rank", _("Rank"), Holds.LINE, gap=False),
        Field("post", _("Post"), Holds.LINE, gap=False),
    ),
)

TRANSFER = Kind(
    "transfer",
    Transfer,
    _("Sale or handing over"),
    _("Sales"),
    (
        Field("kind", _("Kind"), Holds.TERMS, list="transfer", gap=False),
        Field("seller", _("Seller"), Holds.PARTY, gap=True),
        Field("buyer", _("Buyer"), Holds.PARTY, gap=True),
        Field("from_place", _("From"), Holds.PLACE),
        Field("to_place", _("To"), Holds.PLACE),
        Field("price", _("Price"), Holds.RANGE, help=RANGE_HELP),
        Field("currency", _("Currency"), Holds.CHOICE, gap=False,
              choices=tuple((code, code) for code in ("CNY", "KPW", "KRW", "USD"))),
    ),
)  # fmt: skip

TELLING = Kind(
    "telling",
    Telling,
    _("Telling"),
    _("Tellings"),
    (
        Field("informant", _("Teller"), Holds.PARTY, gap=True),
        Field("connection", _("Connection"), Holds.TERM, list="connection", gap=False),
        Field("evidence_form", _("Evidence form"), Holds.TERM, list="evidence_form", gap=False),
        Field("stance", _("Stance"), Holds.TERM, list="stance", gap=False),
        Field("credibility", _("Credibility"), Holds.TERM, list="credibility", gap=False),
        Field("chain", _("Through whom"), Holds.CHAIN, gap=False, help=_("Nearest first: UCA News < iNews < NKDB")),
    ),
)

ACT = Kind(
    "act",
    Act,
    _("Act"),
    _("Acts"),
    (
        *grouped(
            _("What was done to whom"),
            (
                Field("type", _("Type"), Holds.TERM, list="act_type", required=True, gap=False, copies=False,
                      help=_("Conduct as told (“beaten”), not its name in law.")),
                Field("victim", _("Victim"), Holds.PARTY, required=True, gap=False,
                      help=_("One person, or a group as a group.")),
                Field("specificity", _("Specificity"), Holds.TERM, list="specificity"),
                Field("times", _("How many times"), Holds.RANGE, gap=False, copies=False, help=RANGE_HELP),
            ),
        ),
        *grouped(
            _("When and where"),
            (
                WHEN,
                Field("age", _("Age of the victim then"), Holds.RANGE, help=RANGE_HELP),
                Field("place_told", _("Where, as told"), Holds.LINE, gap=False),
                WHERE,
                Field("precision", _("Precision"), Holds.TERM, list="precision", gap=False,
                      help=_("Left empty: as precise as the place.")),
                Field("place_type", _("Type of place"), Holds.TERM, list="place_type"),
            ),
        ),
        *grouped(
            _("How and why"),
            (
                Field("methods", _("Methods"), Holds.TERMS, list="method", copies=False),
                Field("circumstances", _("Circumstances of the victim"), Holds.TERMS, list="circumstance"),
                Field("cause", _("Cause"), Holds.TERM, list="cause", help=_("Why it was done, in the coder’s terms.")),
                Field("reason", _("Reason that was given"), Holds.LINE, copies=False,
                      help=_("What whoever did it said, in the source’s words.")),
                Field("status_after", _("How it left the victim"), Holds.TERM, list="status_after", copies=False),
                Field("consequences", _("Consequences"), Holds.TERMS, list="consequence", copies=False,
                      help=_("What it did to the victim, at once or later.")),
                Field("control", _("Means of control"), Holds.TERMS, list="control"),
                Field("exploitation", _("Exploitation"), Holds.TERMS, list="exploitation"),
                Field("palermo", _("Palermo elements to look at"), Holds.TERMS, list="palermo", gap=False),
                Field("ilo", _("ILO indicators"), Holds.TERMS, list="ilo11", gap=False),
            ),
        ),
        *grouped(
            _("Belongs to"),
            (
                Field("incident", _("Incident"), Holds.CLAIM, of="incident", gap=False,
                      help=_("Acts of one occasion belong to one incident.")),
                Field("episode", _("Trafficking episode"), Holds.CLAIM, of="episode", gap=False,
                      help=_("The acts of one trafficking story of one victim.")),
                Field("part_of", _("Part of act"), Holds.CLAIM, of="act", gap=False, copies=False),
                SUMMARY,
                NOTE,
            ),
        ),
    ),
    parts=(
        Part("involvements", "involvement", "act_id", True, _("By whom"), _("Another one involved"), copies=True),
        Part("transfer", "transfer", "act_id", False, _("Sale or handing over"), _("Add what a sale says")),
        TELLINGS,
        IDENTIFIERS,
    ),
    help=_("One conduct against one victim. Several acts told together are recorded one by one."),
    owner="victim_id",
    key="a",
)  # fmt: skip

INCIDENT = Kind(
    "incident",
    Incident,
    _("Incident"),
    _("Incidents"),
    (
        Field("title", _("Title"), Holds.LINE, gap=False, copies=False),
        WHEN,
        WHERE,
    ),
    parts=(TELLINGS, IDENTIFIERS),
    help=_("One source’s account of what happened in one go."),
    key="i",
)

EPISODE = Kind(
    "episode",
    Episode,
    _("Trafficking episode"),
    _("Trafficking episodes"),
    (
        Field("victim", _("Victim"), Holds.PARTY, required=True, gap=False),
        NOTE,
    ),
    parts=(IDENTIFIERS,),
    help=_("A sale and three resales of one person are four acts and one episode."),
    owner="victim_id",
    key="o",
)
