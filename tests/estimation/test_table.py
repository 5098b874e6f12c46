from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.estimation.data import table_of

from tumen.estimation import BadTable, CaptureTable, FrequencyCounts, UnknownList


def write(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "row", "word"),
    [
        ("A,B,count\n1,0,4\n0,1,-3\n", 3, "negative"),
        ("A,B,count\n1,0,4.5\n", 2, "whole"),
        ("A,B,count\n1,0,4\n0,0,3\n", 3, "no list"),
        ("A,B,count\n1,0,4\n1,0,3\n", 3, "row 2"),
        ("A,count\n1,4\n", 1, "2 to 20"),
        ("A,B,count\n1,2,4\n", 2, "0 or 1"),
        ("A,B,count\n1,0,many\n", 2, "number"),
        ("A,B,n\n1,0,4\n", 1, "last column"),
    ],
)
def test_a_bad_table_names_the_row(tmp_path: Path, text: str, row: int, word: str) -> None:
    with pytest.raises(BadTable, match=word) as caught:
        CaptureTable.from_csv(write(tmp_path, text))
    assert caught.value.row == row
    assert f"row {row}" in str(caught.value)


@given(st.text(alphabet="AB,count01-\n. 9\"'é\x00", max_size=80))
def test_any_text_is_a_table_or_a_bad_table(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = write(tmp_path_factory.mktemp("any"), text)
    try:
        table = CaptureTable.from_csv(path)
    except BadTable:
        return
    assert table.n == table.counts.sum() > 0


@given(st.lists(st.integers(0, 10**6), min_size=7, max_size=7).filter(any), st.permutations(range(7)))
def test_rows_may_stand_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], order: list[int]
) -> None:
    rows = [f"{m & 1},{m >> 1 & 1},{m >> 2},{counts[m - 1]}" for m in range(1, 8)]
    text = "\n".join(["A,B,C,count", *(rows[at] for at in order)])
    table = CaptureTable.from_csv(write(tmp_path_factory.mktemp("rows"), text))
    assert table.counts[1:].tolist() == counts


def test_a_hyphen_declares_a_pattern_impossible(tmp_path: Path) -> None:
    table = CaptureTable.from_csv(write(tmp_path, "A,B,C,count\n1,0,0,5\n0,1,0,4\n0,0,1,3\n1,1,0,-\n1,1,1,-\n"))
    assert table.structural_zeros == {3, 7}


def test_the_fingerprint_does_not_depend_on_the_order_of_lists() -> None:
    table = table_of(1, 2, 3, 4, 5, 6, 7)
    assert {table.select(*order).fingerprint for order in itertools.permutations("ABC")} == {table.fingerprint}
    assert table_of(1, 2, 3, 4, 5, 6, 8).fingerprint != table.fingerprint


def test_merging_keeps_everybody_and_dropping_loses_those_on_no_other_list() -> None:
    table = table_of(10, 20, 3, 40, 5, 6, 1)
    merged = table.merge("A", "C", into="AC")
    assert (merged.n, merged.lists) == (85, ("AC", "B"))
    assert merged.overlaps().tolist() == [[10 + 3 + 40 + 5 + 6 + 1, 10], [10, 30]]
    assert table.drop("C").n == 85 - 40


def test_a_pattern_stays_impossible_only_when_all_that_become_it_are() -> None:
    table = table_of(5, 5, 0, 5, 0, 0, 0).with_structural_zeros(at_least=[("A", "B")])
    assert table.drop("C").structural_zeros == {3}
    assert table.merge("B", "C").structural_zeros == frozenset()


def test_conditioning_on_a_list_keeps_its_people() -> None:
    table = table_of(10, 20, 3, 40, 5, 6, 1)
    known = table.condition_on("C")
    assert known.lists == ("A", "B")
    assert known.counts.tolist() == [0, 5, 6, 1]


def test_odd_lists_are_flagged() -> None:
    assert "recorded nobody" in table_of(5, 0, 0, 3, 2, 0, 0).flags()[0]
    assert any("the same people" in flag for flag in table_of(0, 0, 4, 3, 0, 0, 2).flags())
    assert any("Everybody on list A is also on list B" in flag for flag in table_of(0, 3, 4, 3, 0, 1, 2).flags())
    assert table_of(5, 4, 3, 3, 2, 1, 1).flags() == []


def test_individuals_make_the_same_table_and_carry_strata_and_clusters() -> None:
    people = {"A": [1, 1, 0, 1], "B": [0, True, "1", 0], "place": ["N", "S", "S", None], "event": [1, 1, 2, None]}
    table = CaptureTable.from_individuals(people, lists=["A", "B"], strata="place", cluster="event")
    assert table.counts.tolist() == [0, 2, 1, 1]
    assert {name: part.n for name, part in table.by_stratum().items()} == {"N": 1, "S": 2, None: 1}
    assert table.people is not None and table.people.cluster is not None
    assert table.people.cluster.tolist() == [0, 0, 1, 2]


@pytest.mark.parametrize(("people", "row"), [({"A": [1, 0], "B": [1, 0]}, 3), ({"A": [1, 1], "B": [1, "yes"]}, 3)])
def test_a_bad_person_is_named_by_row(people: dict[str, list[object]], row: int) -> None:
    with pytest.raises(BadTable) as caught:
        CaptureTable.from_individuals(people, lists=["A", "B"])
    assert caught.value.row == row


def test_an_unknown_list_is_told_with_those_there_are() -> None:
    with pytest.raises(UnknownList, match="A, B"):
        table_of(1, 2, 3).drop("X")


def test_frequencies_come_from_files_mentions_and_tables(tmp_path: Path) -> None:
    path = write(tmp_path, "times,count\n1,50\n2,10\n4,1\n")
    assert FrequencyCounts.from_csv(path).times.tolist() == [0, 50, 10, 0, 1]
    assert FrequencyCounts.from_mentions(["x", "y", "x"]).times.tolist() == [0, 1, 1]
    assert FrequencyCounts.from_table(table_of(5, 4, 3)).times.tolist() == [0, 9, 3]
    with pytest.raises(BadTable):
        FrequencyCounts(np.array([3, 1, 1]))


def test_merged_lists_take_a_name_that_no_other_list_has() -> None:
    table = CaptureTable(("A", "B", "AB"), np.arange(8))
    assert table.merge("A", "B").lists == ("A+B", "AB")
