from __future__ import annotations

import hashlib
from collections import Counter, defaultdict

import pytest

from tumen.demonstration import KINDS, MARK, Chunk, Demonstration, generate

REFERENCES = {
    "texts": {"source": "sources"},
    "passages": {"text": "texts"},
    "codings": {"source": "sources"},
    "parties": {"coding": "codings"},
    "names": {"party": "parties"},
    "relations": {"coding": "codings", "party": "parties", "other": "parties"},
    "incidents": {"coding": "codings"},
    "episodes": {"coding": "codings", "victim": "parties"},
    "acts": {
        "coding": "codings",
        "incident": "incidents",
        "episode": "episodes",
        "victim": "parties",
        "part_of": "acts",
    },
    "involvements": {"act": "acts", "party": "parties", "unit": "units"},
    "transfers": {"act": "acts", "seller": "parties", "buyer": "parties"},
    "life_events": {"coding": "codings", "party": "parties"},
    "tellings": {"informant": "parties"},
    "quotations": {"coding": "codings", "speaker": "parties"},
    "anchors": {"passage": "passages"},
}


def digest(chunk: Chunk) -> str:
    return hashlib.sha256(repr([table.rows for table in chunk.tables.values()]).encode()).hexdigest()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(chunks: list[Chunk]) -> None:
    again, other = generate(acts=6000, seed=7), generate(acts=6000, seed=8)
    assert [digest(chunk) for chunk in again.chunks()] == [digest(chunk) for chunk in chunks]
    assert digest(next(other.chunks())) != digest(chunks[0])


def test_rows_have_the_named_columns_and_indexes_count_on_from_chunk_to_chunk(chunks: list[Chunk]) -> None:
    assert len(chunks) == 2
    expected = Counter[str]()
    for chunk in chunks:
        assert list(chunk.tables) == list(KINDS)
        for kind, table in chunk.tables.items():
            assert table.first == expected[kind]
            assert all(len(row) == len(KINDS[kind]) for row in table.rows)
            expected[kind] += len(table.rows)


def test_every_reference_points_at_a_row_that_is_there_and_of_the_same_source(
    small: Demonstration, chunks: list[Chunk]
) -> None:
    units = len(small.units().rows)
    for chunk in chunks:
        for kind, columns in REFERENCES.items():
            for column, target in columns.items():
                table = chunk.tables[target]
                low, high = (0, units) if target == "units" else (table.first, table.first + len(table.rows))
                for value in chunk.tables[kind].column(column):
                    assert value is None or low <= value < high, f"{kind}.{column} = {value}"
        codings = chunk.tables["parties"].column("coding")
        first = chunk.tables["parties"].first
        for coding, victim in zip(*map(chunk.tables["acts"].column, ("coding", "victim")), strict=True):
            assert codings[victim - first] == coding


def test_units_form_a_tree_that_refers_backwards(small: Demonstration) -> None:
    parents = small.units().column("parent")
    assert all(parent is None or parent < number for number, parent in enumerate(parents))
    assert parents.count(None) == 7


def test_every_text_begins_by_saying_that_it_is_invented(chunks: list[Chunk]) -> None:
    notices = {"en": "[This text was invented", "ko": "[이 글은 시연을 위해", "zh": "【本文为演示而虚构"}
    seen = Counter[str]()
    for chunk in chunks:
        for _, _, language, body in chunk.tables["texts"].rows:
            assert body.startswith(notices[language])
            seen[language] += 1
    assert set(seen) == set(MARK) == {"en", "ko", "zh"}


def test_every_act_has_a_passage_of_its_own_source_that_holds_its_victims_name(chunks: list[Chunk]) -> None:
    for chunk in chunks:
        tables = chunk.tables
        texts, passages = tables["texts"], tables["passages"]
        names: dict[int, list[str]] = defaultdict(list)
        for party, text, _, kind in tables["names"].rows:
            names[party].append(text)
            assert kind
        source_of = tables["codings"].column("source")
        acts, first = tables["acts"].rows, tables["acts"].first
        anchored = {}
        for kind, record, field, passage in tables["anchors"].rows:
            if kind == "acts" and field == "type":
                anchored[record] = passage
        tellers = {row[1]: row[2] for row in tables["tellings"].rows if row[0] == "acts"}
        for number, act in enumerate(acts, start=first):
            text, start, end = passages.rows[anchored[number] - passages.first]
            assert text == source_of[act[0] - tables["codings"].first]
            sentence = texts.rows[text - texts.first][3][start:end]
            assert sentence and sentence == sentence.strip()
            victim = act[3]
            denied = any(words in sentence for words in ("당국은 그런 일이", "no such thing", "当局表示"))
            if names[victim] and tellers[number] != victim and not denied:
                assert any(name in sentence for name in names[victim]), (sentence, names[victim])


def test_the_first_record_of_an_act_is_its_first_telling_and_sources_are_in_order_of_collection(
    small: Demonstration, chunks: list[Chunk]
) -> None:
    dates = [date for chunk in chunks for date in chunk.tables["sources"].column("published")]
    assert dates == sorted(dates)
    told = Counter[int]()
    for chunk in chunks:
        told.update(chunk.truth["acts"].tolist())
    assert len(told) == 6000
    assert sum(told.values()) == small.act_records
    assert 1.15 < small.act_records / 6000 < 1.35


def test_a_date_not_told_is_a_gap_and_nothing_happens_after_it_was_told(chunks: list[Chunk]) -> None:
    for chunk in chunks:
        published = dict(enumerate(chunk.tables["sources"].column("published"), chunk.tables["sources"].first))
        for act in chunk.tables["acts"].rows:
            interval, gaps = act[5], act[-1] or {}
            assert (interval is None) == (gaps.get("interval") == "unknown")
            assert (act[7] is None) == ("place" in gaps)
            if interval and len(interval) == 4 and interval.isdigit():
                # A year may be told one off, or two where a telling contradicts.
                assert int(interval) <= int(published[act[0]][:4]) + 2


def test_several_sources_spell_one_person_in_several_scripts(small: Demonstration, chunks: list[Chunk]) -> None:
    spelled: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for chunk in chunks:
        entity, first = chunk.truth["parties"], chunk.tables["parties"].first
        for party, text, script, _ in chunk.tables["names"].rows:
            spelled[int(entity[party - first])].add((script, text))
    scripts = Counter(script for spellings in spelled.values() for script, _ in spellings)
    assert set(scripts) == {"Hang", "Hani", "Latn"}
    assert sum(len(spellings) > 1 for spellings in spelled.values()) > 500


def test_rows_streams_one_kind_over_all_chunks(small: Demonstration, chunks: list[Chunk]) -> None:
    assert list(small.rows("quotations")) == [row for chunk in chunks for row in chunk.tables["quotations"].rows]
    with pytest.raises(KeyError, match="no records of kind 'cases'"):
        next(small.rows("cases"))


def test_an_archive_too_small_for_its_proportions_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 500 acts"):
        generate(acts=499)
