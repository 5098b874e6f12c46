"""Files hold exactly the list or table, all of it, safe to open, saying what they are."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.counting.world import ACTOR, World

from tumen import formats
from tumen.archive import properties
from tumen.archive.changes import change
from tumen.counting import search
from tumen.counting.queries import asking, exporting, listing, tables
from tumen.counting.streaming import streamed
from tumen.guard.masks import SYSTEM

Browse = Callable[[str], Client]


def fetched(client: Client, address: str) -> bytes:
    response = client.get(address)
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def parts(content: bytes, form: str) -> tuple[list[dict[str, str]], str]:
    """The rows of a file, and what stands behind them."""
    rows = [dict(row) for row in formats.get(form).read(io.BytesIO(content))]
    if form == "jsonl":
        return rows[:-1], rows[-1]["about"]
    first = next(iter(rows[0]))
    end = next(number for number, row in enumerate(rows) if not any(row.values()) or ": " in row[first])
    return rows[:end], "\n".join(row[first] for row in rows[end:])


@pytest.mark.parametrize("form", formats.NAMES)
def test_a_file_is_the_list_all_of_it_in_its_order(world: World, browse: Browse, form: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(exporting, "CHUNK", 3)
    for _ in range(60):
        world.act()
    asked = "columns=victim,period,age&sort=-age&size=10"
    rows, about = parts(fetched(browse("investigator"), f"/lists/acts/export/{form}/?{asked}"), form)
    page = listing.list_page(asking.parse(f"unit=acts&{asked.replace('size=10', 'size=500')}"), SYSTEM, ACTOR, "en")
    shown = [[str(row.id), row.title.text, *(cell.text for cell in row.cells)] for row in page.rows]
    assert [list(row.values()) for row in rows] == shown
    assert len(rows) == 64
    assert "64" in about and "columns=victim,period,age" in about and "Hidden from you" in about


def test_formulas_are_made_harmless(world: World, browse: Browse) -> None:
    with change(ACTOR, "a hostile title") as c:
        c.update(world.codings[0].source, title="=HYPERLINK(evil)")
    content = fetched(browse("investigator"), "/lists/sources/export/csv/").decode()
    assert "'=HYPERLINK" in content
    assert ",=HYPERLINK" not in content


def test_words_searched_for_are_not_written(world: World, browse: Browse) -> None:
    client = browse("investigator")
    token = client.post("/search/", {"text": "강제송환"}).headers["Location"].partition("q=")[2]
    rows, about = parts(fetched(client, f"/lists/acts/export/csv/?q={token}"), "csv")
    assert len(rows) == 2
    assert token not in about and "강제송환" not in about
    assert "yes, not written here" in about


def test_a_demonstration_marks_its_files(world: World, browse: Browse) -> None:
    properties.put(properties.DEMONSTRATION, {"seed": 1})
    for form in formats.NAMES:
        _, about = parts(fetched(browse("investigator"), f"/lists/acts/export/{form}/"), form)
        assert "Fictional demonstration archive" in about


def test_a_mask_shortens_the_file_and_the_file_says_so(world: World, browse: Browse) -> None:
    rows, about = parts(fetched(browse("analyst"), "/lists/acts/export/jsonl/"), "jsonl")
    assert len(rows) == 3
    assert json.loads(about)["Hidden from you"] == 1


@pytest.mark.usefixtures("world")
def test_a_table_file_is_the_table() -> None:
    spec = asking.parse_table("unit=acts&dims=type:1,period:year&show=row")
    made = exporting.table_export(spec, SYSTEM, ACTOR, "en")
    rows = list(made.rows)
    page = tables.table_page(spec, SYSTEM, ACTOR, "en")
    for row, shown in zip(rows, [*page.layers[0].rows, page.layers[0].total], strict=True):
        assert [row[label] for label in [*page.columns, "All"]] == [cell.count for cell in [*shown.cells, shown.total]]
        shares = [f"{row[f'{label} %']:.1f} %" for label in page.columns]
        assert [share for share, cell in zip(shares, shown.cells, strict=True) if cell.count] == [
            cell.share for cell in shown.cells if cell.count
        ]
    assert made.about["Rule 1"]


@pytest.mark.usefixtures("archive")
def test_two_counties_of_one_name_are_two_columns() -> None:
    made = World.new()
    made.coding()
    made.party(sex="female")
    made.act(place="KP-02.unsan")
    for _act in range(2):
        made.act(place="KP-03.unsan")
    spec = asking.parse_table("unit=acts&dims=type:1,place:3")
    export = exporting.table_export(spec, SYSTEM, ACTOR, "en")
    columns = {name: count for name, count in next(export.rows).items() if "Unsan" in name}
    assert sorted(columns.values()) == [1, 2], columns
    assert columns.keys() <= set(tables.table_page(spec, SYSTEM, ACTOR, "en").columns)
    assert export.about["Question"] == spec.to_text()


def test_what_goes_wrong_while_writing_reaches_the_reader() -> None:
    def fails(file: Any) -> None:
        file.write(b"x" * 100_000)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        list(streamed(fails))


def test_a_reader_who_leaves_ends_the_writing() -> None:
    written = []

    def endless(file: Any) -> None:
        while True:
            written.append(file.write(b"x" * 70_000))

    pieces = streamed(endless)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert len(written) < 100


@pytest.mark.usefixtures("world")
def test_a_list_of_words_needs_its_words(browse: Browse) -> None:
    token = search.remember(99, "강제송환")
    assert browse("investigator").get(f"/lists/acts/export/csv/?q={token}").status_code == 404
