"""Into which table and columns each kind of the demonstration's records goes."""

from __future__ import annotations

UNIT = ("name", "kind", "parent_id", "place", "labels", "since", "until", "cites")
_CLAIM = ("coding_id", "gaps")
_DATED = ("date", "low", "high")
TABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "sources": ("sources.source", (
        "kind", "title", "publisher", "language", "published", "channel", "collector", "reliability", "compartment_id",
        "status", "assignee", "embargo", "risk", "note")),
    "texts": ("sources.text", (
        "source_id", "original_id", "rendition", "number", "language", "length", "pages", "body")),
    "passages": ("sources.passage", ("source_id", "text_id", "start", "end", "page", "row", "time_code", "lost")),
    "codings": ("coding.coding", ("source_id", "coder", "adopted", "checked")),
    "parties": ("coding.party", (
        *_CLAIM, "kind", "sex", "birth", "birth_low", "birth_high", "birth_day", "origin", "birthplace", "residence",
        "occupation", "education", "membership", "religion", "marital", "size_low", "size_high", "fate", "fate_as_of",
        "description", "features", "contact", "note")),
    "names": ("coding.name", (*_CLAIM, "party_id", "text", "script", "kind")),
    "relations": ("coding.relation", (
        *_CLAIM, *_DATED, "party_id", "other_id", "unit_id", "kind", "post", "rank", "note")),
    "incidents": ("coding.incident", (*_CLAIM, *_DATED, "title", "place")),
    "episodes": ("coding.episode", (*_CLAIM, "victim_id", "note")),
    "acts": ("coding.act", (
        *_CLAIM, *_DATED, "incident_id", "episode_id", "victim_id", "type", "place_told", "place", "precision",
        "place_type", "specificity", "times_low", "times_high", "part_of_id", "reason", "cause", "age_low", "age_high",
        "status_after", "summary", "note")),
    "involvements": ("coding.involvement", (
        *_CLAIM, "act_id", "party_id", "unit_id", "degree", "agency", "rank", "post")),
    "transfers": ("coding.transfer", (
        *_CLAIM, "act_id", "kind", "from_place", "to_place", "seller_id", "buyer_id", "price_low", "price_high",
        "currency")),
    "life_events": ("coding.lifeevent", (
        *_CLAIM, *_DATED, "party_id", "kind", "from_place", "to_place", "crossing", "authorities", "sequence", "note")),
    "tellings": ("coding.telling", (
        *_CLAIM, "claim", "informant_id", "connection", "evidence_form", "stance", "credibility", "chain")),
    "practice_statements": ("coding.practicestatement", (
        *_CLAIM, *_DATED, "type", "place", "attributed_to", "chain", "summary")),
    "figures": ("coding.figure", (
        *_CLAIM, *_DATED, "low_milli", "high_milli", "unit", "counted", "population", "place", "per", "qualifier",
        "attributed_to", "chain")),
    "quotations": ("coding.quotation", (*_CLAIM, "speaker_id", "speaker_told", "role", "chain")),
    "anchors": ("coding.anchor", ("record", "field", "passage_id")),
    "marks": ("coding.mark", ("record", "field", "term")),
    "identifiers": ("archive.identifier", ("record", "scheme", "value")),
    "interviews": ("coding.interview", (
        *_CLAIM, *_DATED, "teller_id", "channel", "place_class", "language", "duration_low", "duration_high")),
    "consents": ("coding.consent", (
        "source_id", "subject_id", "form_id", "answers", "date", "low", "high", "starts", "ends")),
}  # fmt: skip
