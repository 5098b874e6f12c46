"""Parties and what is told of them, as forms ask for it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tumen.archive.models import Identifier
from tumen.coding.kinds.model import Field, Holds, Kind, Part, grouped
from tumen.coding.kinds.shared import DATE_HELP, IDENTIFIERS, NOTE, RANGE_HELP, TELLINGS, WHEN
from tumen.coding.models import LifeEvent, Name, Party, Relation

NAME = Kind(
    "name",
    Name,
    _("Name"),
    _("Names"),
    (
        Field("text", _("Name"), Holds.LINE, required=True, gap=False, help=_("As spelled in the source.")),
        Field("kind", _("Kind"), Holds.TERM, list="name_kind", gap=False),
    ),
)

PARTY = Kind(
    "party",
    Party,
    _("Party"),
    _("Parties"),
    (
        *grouped(
            _("Who"),
            (
                Field("kind", _("Kind"), Holds.TERM, list="party_kind", required=True, gap=False),
                Field("sex", _("Sex"), Holds.TERM, list="sex"),
                Field("description", _("How the source speaks of them"), Holds.LINE, gap=False, copies=False,
                      help=_("“the guard with a scar”: enough to tell someone unnamed from the others.")),
                Field("size", _("Size of the group"), Holds.RANGE, gap=False,
                      help=RANGE_HELP),
                Field("birth", _("Birth"), Holds.DATE, bounds=("birth_low", "birth_high"), copies=False,
                      help=_("No finer than the year; the day goes into the sealed field.")),
                Field("birth_day", _("Day of birth (sealed)"), Holds.LINE, gap=False, copies=False),
            ),
        ),
        *grouped(
            _("Background"),
            (
                Field("origin", _("Place of origin"), Holds.PLACE),
                Field("birthplace", _("Birthplace"), Holds.PLACE),
                Field("residence", _("Last residence before leaving"), Holds.PLACE),
                Field("occupation", _("Occupation"), Holds.TERM, list="occupation"),
                Field("education", _("Education"), Holds.TERM, list="education"),
                Field("membership", _("Membership of the Workers’ Party"), Holds.TERM, list="party_membership"),
                Field("religion", _("Religion"), Holds.TERM, list="religion"),
                Field("marital", _("Marital status"), Holds.TERM, list="marital"),
                Field("fate", _("Fate"), Holds.TERM, list="fate", copies=False),
                Field("fate_as_of", _("Fate as of"), Holds.DATE, gap=False, copies=False, help=DATE_HELP),
            ),
        ),
        *grouped(
            _("Sealed"),
            (
                Field("features", _("Distinguishing features"), Holds.TEXT, gap=False, copies=False),
                Field("contact", _("Contact"), Holds.TEXT, gap=False, copies=False),
                NOTE,
            ),
        ),
    ),
    parts=(Part("names", "name", "party_id", True, _("Names"), _("Another name")), IDENTIFIERS),
    help=_("A person, family, group or unit as this source speaks of it. It may have no name."),
    owner="id",
    key="p",
)  # fmt: skip

LIFE_EVENT = Kind(
    "life-event",
    LifeEvent,
    _("Life event"),
    _("Life events"),
    (
        Field("party", _("Whose"), Holds.PARTY, required=True, gap=False),
        Field("kind", _("What"), Holds.TERM, list="life_event", required=True, gap=False),
        WHEN,
        Field("from_place", _("From"), Holds.PLACE),
        Field("to_place", _("To, or at"), Holds.PLACE),
        Field("crossing", _("Crossing point"), Holds.PLACE, help=_("Never finer than a county.")),
        Field("authorities", _("Authorities"), Holds.TERM, list="agency"),
        Field("sequence", _("Place in the order told"), Holds.NUMBER, gap=False, copies=False),
        NOTE,
    ),
    parts=(TELLINGS, IDENTIFIERS),
    help=_("A station on someone’s way: crossing, arrival, marriage, birth, release, death."),
    owner="party_id",
    key="l",
)

RELATION = Kind(
    "relation",
    Relation,
    _("Relation"),
    _("Relations"),
    (
        Field("party", _("Who"), Holds.PARTY, required=True, gap=False),
        Field("kind", _("Is"), Holds.TERM, list="relation", required=True, gap=False),
        Field("other", _("Of whom"), Holds.PARTY, gap=False),
        Field("unit", _("Or of which unit"), Holds.UNIT, gap=False),
        Field("post", _("Post"), Holds.LINE),
        Field("rank", _("Rank"), Holds.LINE),
        WHEN,
        NOTE,
    ),
    parts=(TELLINGS, IDENTIFIERS),
    help=_("How one party stands to another or to a unit: kin, broker of, cellmate, post held."),
    owner="party_id",
    key="r",
)

IDENTIFIER = Kind(
    "identifier",
    Identifier,
    _("Identifier"),
    _("Identifiers"),
    (
        Field("scheme", _("List or system"), Holds.LINE, required=True, gap=False,
              help=_("The name of the list, not of a person: it is not sealed.")),
        Field("value", _("Number"), Holds.LINE, required=True, gap=False),
    ),
    help=_("A number that another list, system or document gives."),
)  # fmt: skip
