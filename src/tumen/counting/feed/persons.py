"""Parties of every kind: one row a party, with the roles it has in acts and tellings of its source.

How many acts a person suffered is numbered over the frame of acts when it is asked for: an act told twice is one.
"""

from __future__ import annotations

from itertools import chain

from tumen.coding.models import Act, Coding, Involvement, Party, Telling
from tumen.counting.feed.reading import GONE, STANDING, Columns, Feed, Fetched, Reader, common, days, refs
from tumen.sources.models import Source

_ROWS = f"""
SELECT p.id, {GONE.format(row="p")}, k.checked, s.compartment_id, p.kind, p.sex, p.birth_low, p.birth_high, p.origin,
  p.occupation, p.fate, p.marital, s.id, s.kind
FROM coding_party p {STANDING.format(row="p")}
"""
_SUFFERED = "SELECT a.victim_id FROM coding_act a"
_ACTED = "SELECT i.party_id FROM coding_act a JOIN coding_involvement i ON i.act_id = a.id AND NOT i.retracted"
_TOLD = "SELECT t.informant_id FROM coding_telling t"


def columns(reader: Reader, rows: Fetched) -> Columns:
    """Return the frame's columns."""
    ids, code = rows[0], reader.codes
    victims = {party for (party,) in reader.fetch_live(_SUFFERED, "a", "a.victim_id")}
    perpetrators = {party for (party,) in reader.fetch_live(_ACTED, "a", "i.party_id")}
    informants = {party for (party,) in reader.fetch_live(_TOLD, "t", "t.informant_id")}
    others = set(ids) - victims - perpetrators - informants
    roles = chain(
        ((record, "victim") for record in victims),
        ((record, "perpetrator") for record in perpetrators if record is not None),
        ((record, "informant") for record in informants if record is not None),
        ((record, "other") for record in others),
    )
    leading = dict.fromkeys(ids, "other") | dict.fromkeys(informants, "informant")
    leading |= dict.fromkeys(perpetrators, "perpetrator") | dict.fromkeys(victims, "victim")
    return {
        **common(rows),
        "party_kind": code("party_kind", rows[4]),
        "sex": code("sex", rows[5]),
        "birth": days(rows[6], rows[7]),
        "origin": code("origin", rows[8]),
        "occupation": code("occupation", rows[9]),
        "fate": code("fate", rows[10]),
        "marital": code("marital", rows[11]),
        "source": refs(rows[12]),
        "source_kind": code("source_kind", rows[13]),
        "source_kinds": reader.one("source_kinds", rows[13]),
        "role": reader.several("role", ids, roles),
        "main_role": code("main_role", map(leading.get, ids)),
    }


FEED = Feed(
    "p.id",
    _ROWS,
    (
        "SELECT x.id FROM coding_party x WHERE x.change {since}",
        "SELECT x.id FROM coding_coding k JOIN coding_party x ON x.coding_id = k.id WHERE k.change {since}",
        "SELECT x.id FROM sources_source s JOIN coding_coding k ON k.source_id = s.id "
        "JOIN coding_party x ON x.coding_id = k.id WHERE s.change {since}",
        "SELECT a.victim_id FROM coding_act a WHERE a.change {since}",
        "SELECT i.party_id FROM coding_act a JOIN coding_involvement i ON i.act_id = a.id WHERE a.change {since}",
        "SELECT i.party_id FROM coding_involvement i WHERE i.change {since}",
        "SELECT t.informant_id FROM coding_telling t WHERE t.change {since}",
        # Who was victim, perpetrator or teller before the change may be so no longer.
        "SELECT json_extract(o.data, '$.victim_id') FROM archive_superseded o "
        "WHERE o.model = 'coding.act' AND o.to_change {since}",
        "SELECT json_extract(o.data, '$.party_id') FROM archive_superseded o "
        "WHERE o.model = 'coding.involvement' AND o.to_change {since}",
        "SELECT json_extract(o.data, '$.informant_id') FROM archive_superseded o "
        "WHERE o.model = 'coding.telling' AND o.to_change {since}",
    ),
    (Party, Coding, Source, Act, Involvement, Telling),
    columns,
)
