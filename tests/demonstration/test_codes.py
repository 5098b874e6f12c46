from __future__ import annotations

from collections import defaultdict

import pytest

from tumen.demonstration import Chunk, Demonstration, all_codes
from tumen.demonstration.capture import STRATA
from tumen.demonstration.data_files import act_kinds, codes, places
from tumen.demonstration.world_acts import AGENCIES, PLACE_TYPES

VOCABULARY = {
    ("acts", "type"): "act_type", ("acts", "place_type"): "place_type", ("acts", "specificity"): "specificity",
    ("acts", "precision"): "precision", ("acts", "cause"): "cause", ("acts", "status_after"): "status_after",
    ("parties", "kind"): "party_kind", ("parties", "sex"): "sex", ("parties", "occupation"): "occupation",
    ("parties", "education"): "education", ("parties", "religion"): "religion", ("parties", "fate"): "fate",
    ("parties", "marital_status"): "marital", ("names", "kind"): "name_kind", ("relations", "kind"): "relation",
    ("involvements", "agency"): "agency", ("involvements", "degree"): "degree", ("transfers", "kind"): "transfer",
    ("life_events", "kind"): "life_event", ("tellings", "connection"): "connection", ("tellings", "stance"): "stance",
    ("tellings", "evidence_form"): "evidence_form", ("tellings", "credibility"): "credibility",
    ("sources", "kind"): "source_kind", ("sources", "reliability"): "reliability", ("figures", "unit"): "figure_unit",
    ("figures", "qualifier"): "qualifier", ("practice_statements", "type"): "act_type",
}  # fmt: skip
MARKS = {
    "methods": "method", "circumstances": "circumstance", "palermo": "palermo", "exploitation": "exploitation",
    "control": "control",
}  # fmt: skip
PLACES = [
    ("acts", "place"), ("parties", "birthplace"), ("parties", "last_residence"), ("parties", "origin"),
    ("incidents", "place"), ("transfers", "from"), ("transfers", "to"), ("life_events", "from"), ("life_events", "to"),
]  # fmt: skip


def test_every_code_of_the_data_files_is_in_the_vocabularies() -> None:
    lists = getattr(pytest.importorskip("tumen.vocabularies"), "load", None)
    if lists is None:
        pytest.skip("the vocabularies package is not built yet")
    loaded = lists()
    assert [(name, code) for name, code in all_codes() if code not in loaded[name]] == []


def test_every_code_written_is_in_the_vocabularies(chunks: list[Chunk]) -> None:
    lists = getattr(pytest.importorskip("tumen.vocabularies"), "load", None)
    if lists is None:
        pytest.skip("the vocabularies package is not built yet")
    loaded, written = lists(), defaultdict(set)
    for chunk in chunks:
        for (kind, column), name in VOCABULARY.items():
            written[name].update(chunk.tables[kind].column(column))
        for _, _, field, term in chunk.tables["marks"].rows:
            written[MARKS[field]].add(term)
        for row in chunk.tables["acts"].rows + chunk.tables["parties"].rows:
            written["gap"].update((row[-1] or {}).values())
    unknown = {name: found - set(loaded[name].codes) - {None} for name, found in written.items()}
    assert {name: found for name, found in unknown.items() if found} == {}


def test_every_place_is_in_the_gazetteer_under_the_same_names() -> None:
    load = getattr(pytest.importorskip("tumen.places"), "load", None)
    if load is None:
        pytest.skip("the places package is not built yet")
    gazetteer = load()
    for place in places():
        known = gazetteer.get(place.code)
        assert place.names == {"en": known.name_en, "ko": known.name_ko, "zh": known.name_zh}


def test_every_place_written_is_one_of_the_places_known(small: Demonstration, chunks: list[Chunk]) -> None:
    known = {place.code for place in places()}
    for chunk in chunks:
        for kind, column in PLACES:
            assert set(chunk.tables[kind].column(column)) - {None} <= known
    assert set(small.units().column("place")) <= known


def test_the_data_files_fit_each_other() -> None:
    kinds = act_kinds()
    assert {kind.agency for kind in kinds} <= set(AGENCIES) == set(codes("agency"))
    assert {name for kind in kinds for name, _ in kind.places} <= set(PLACE_TYPES) == set(codes("place_type"))
    assert {name for kind in kinds for name, _ in kind.extra} <= set(STRATA)
    assert sum(kind.count for kind in kinds) == 87_317
