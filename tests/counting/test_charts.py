"""Charts of tables: every bar is a number of the table; what is not drawn is said."""

from __future__ import annotations

import pytest

from tumen.columns import Header, HeaderKind
from tumen.counting.queries.charts import ROWS, SERIES, Chart, chart


def headers(number: int) -> list[Header]:
    terms = [Header("sex", HeaderKind.TERM, f"t{n}", 1) for n in range(number)]
    return [*terms, Header("sex", HeaderKind.UNKNOWN, "unknown")]


def drawn(counts: list[list[int]], overlap: bool = False) -> Chart:
    columns = headers(len(counts[0]) - 1)
    lines = [(f"row {n}", "top" if n == 0 else "", row, sum(row)) for n, row in enumerate(counts)]
    found = chart("Acts: Type", "Sex", lines, columns, [header.key for header in columns], overlap)
    assert found is not None
    return found


def test_categories_that_exclude_each_other_are_stacked_end_to_end() -> None:
    made = drawn([[30, 10, 10], [0, 20, 5]])
    assert made.stacked
    assert [(piece.start, piece.length) for piece in made.rows[0].pieces] == [(0, 60), (60, 20), (80, 20)]
    assert [piece.says for piece in made.rows[1].pieces] == ["t1: 20", "unknown: 5"]
    assert [each.look for each in made.series] == ["series-1", "series-2", "unknown"]
    assert [row.group for row in made.rows] == ["top", ""]


def test_categories_that_overlap_stand_side_by_side_on_one_scale() -> None:
    made = drawn([[30, 10, 0], [15, 60, 0]], overlap=True)
    assert not made.stacked
    assert [[(piece.start, piece.length) for piece in row.pieces] for row in made.rows] == [
        [(0, 50), (0, 16.67)],
        [(0, 25), (0, 100)],
    ]


@pytest.mark.parametrize("overlap", [False, True])
def test_small_columns_are_drawn_together_or_said_to_be_missing(overlap: bool) -> None:
    made = drawn([[*range(1, SERIES + 4), 7]], overlap)
    assert [each.look for each in made.series][:SERIES] == [f"series-{n}" for n in range(1, SERIES + 1)]
    if overlap:
        assert made.notes == ["The smaller columns are not drawn; the table has all."]
    else:
        assert made.rows[0].pieces[-1].says == "the others: 6"
        assert sum(piece.length for piece in made.rows[0].pieces) == pytest.approx(100, abs=0.1)


def test_the_largest_rows_are_drawn_in_the_order_of_the_table() -> None:
    made = drawn([[n % 7 + n, 0] for n in range(ROWS + 10)])
    assert len(made.rows) == ROWS
    numbers = [int(row.label.split()[1]) for row in made.rows]
    assert numbers == sorted(numbers)
    assert made.notes == [f"The {ROWS} largest of {ROWS + 9} rows are drawn; the table has all."]
    assert min(row.total for row in made.rows) >= 10


def test_the_largest_row_is_drawn_however_many_are_tied_before_it() -> None:
    made = drawn([*([1, 0] for _ in range(ROWS + 5)), [100, 0]])
    assert len(made.rows) == ROWS
    assert made.rows[-1].total == 100


def test_nothing_counted_is_no_chart() -> None:
    columns = headers(1)
    assert chart("Acts", "Sex", [("row", "", [0, 0], 0)], columns, ["a", "unknown"], False) is None
