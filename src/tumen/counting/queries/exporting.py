"""Lists and tables as rows for a file: exactly what is shown, all of it, in the same order, saying what it is."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import IO, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tumen import __version__, formats
from tumen.archive import properties, versions
from tumen.columns import Mask, Page, Query, Selection, Table, page, select
from tumen.counting.queries import asking, consent, tables
from tumen.counting.queries.asking import TableSpec
from tumen.counting.queries.labels import Labels, Language
from tumen.counting.queries.rows import hydrated, shown_columns, title_field
from tumen.counting.store import runs
from tumen.formats import Value

FORMS = (("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON Lines"))
"""The forms of a file: name in addresses, name for people."""

SHARES: tuple[Literal["row", "column", "all"], ...] = ("row", "column", "all")
"""What percentages can be of. In a table of one dimension each row is its own total."""

CHUNK = 2000
"""Rows that are read and made ready at once, so that memory does not grow with the list."""

Row = Mapping[str, Value]


@dataclass(frozen=True)
class Export:
    """A list or table ready to be written: its name, its columns, its rows one by one, and what it says it is.

    `count` is how many of its unit it holds or counts, for the audit.
    """

    name: str
    columns: tuple[str, ...]
    rows: Iterator[Row]
    about: dict[str, Value]
    count: int

    def write(self, form: str, file: IO[bytes]) -> None:
        """Write everything to a binary file that need not be seekable. Raises `formats.FormatError`.

        What the file is stands behind its rows: as rows of a spreadsheet, as a last object in JSON Lines.
        """
        formats.get(form).write(self.rows if form == "jsonl" else self._with_about(), file, self.columns)
        if form == "jsonl":
            file.write(json.dumps({"about": self.about}, ensure_ascii=False, default=str).encode() + b"\n")

    def _with_about(self) -> Iterator[Row]:
        yield from self.rows
        first = self.columns[0]
        yield {first: None}
        for fact, value in self.about.items():
            yield {first: f"{fact}: {formats.text_of(value)}"}


def list_export(query: Query, mask: Mask, user: int, language: Language, form: str) -> Export:
    """Return a list as rows. Raises as `list_page`, before the first row."""
    query = consent.of_rows(asking.with_words(query, user))
    labels = Labels(language, query.unit)
    snapshot = asking.columns_for(query)
    selection = select(snapshot, query, mask, asking.found_rows(snapshot, query, mask))
    names = ("id", title_field(query.unit), *shown_columns(query))
    heads = _heads(names, labels, form == "jsonl")
    about = _about(query, selection.total, selection.left_out, selection.hidden, labels)
    about |= consent.release_facts(query, mask, labels)
    selection = replace(selection, mask=consent.released(query, mask))
    # Put in order before a byte is sent: an order that cannot be is then an answer, not half a file.
    whole = page(selection, size=max(1, selection.total + 1), number=1)
    return Export(
        f"tumen-{query.unit}", heads, _list_rows(selection, whole, names, heads, labels), about, selection.total
    )


def _heads(names: tuple[str, ...], labels: Labels, plain: bool) -> tuple[str, ...]:
    """Columns by name for programs, by label for people; the second "id" names the entry itself."""
    titles = ["number", *(["title"] if names[1] == "id" else [names[1]]), *names[2:]]
    if plain:
        return tuple(titles)
    words = [_("Number"), _("Title") if names[1] == "id" else labels.field(names[1]), *map(labels.field, names[2:])]
    return tuple(
        word if words.count(word) == 1 else f"{word} ({title})" for word, title in zip(words, titles, strict=True)
    )


def _list_rows(
    selection: Selection, whole: Page, names: tuple[str, ...], heads: tuple[str, ...], labels: Labels
) -> Iterator[Row]:
    with versions.one_moment():
        for start in range(0, len(whole.rows), CHUNK):
            part = slice(start, start + CHUNK)
            for row in hydrated(selection, whole.rows[part], whole.entities[part], names[2:], labels, snippets=False):
                values = [
                    row.id,
                    row.title.text,
                    *(cell.text if cell.value is None else cell.value for cell in row.cells),
                ]
                yield dict(zip(heads, values, strict=True))


def table_export(spec: TableSpec, mask: Mask, user: int, language: Language) -> Export:
    """Return a table as rows, of any size. Raises as `tables.counted`."""
    table = tables.counted(spec, mask, user)
    labels = Labels(language, spec.query.unit)
    about = _about(table.query, table.total, table.left_out, table.hidden, labels)
    about |= consent.release_facts(table.query, mask, labels)
    about[_("Table")] = tables.title(spec, labels)
    about[_("Question")] = _without_words(spec.to_text())
    about |= {labels.dim(dim) + ", " + _("unknown"): n for dim, n in tables.unknown_of(table, labels)}
    about |= {_("Rule %(n)s") % {"n": n}: rule for n, rule in enumerate(tables.rules_of(table, labels), 1)}
    rows = list(_table_rows(table, spec, labels))
    return Export("tumen-table", tuple(rows[0]), iter(rows), about, table.total)


def _table_rows(table: Table, spec: TableSpec, labels: Labels) -> Iterator[Row]:
    """One row a row of the table; layers follow each other, named in a column of their own."""
    share = table.percent("all") if len(spec.dims) == 1 else None
    if len(spec.dims) > 1 and spec.show != "counts":
        share = table.percent(spec.show)  # type: ignore[arg-type]
    heads = [[*labels.axis(headers), _("All")] for headers in table.headers]
    ends = [range(len(headers)) for headers in heads]
    columns = heads[1] if len(heads) > 1 else [labels.unit(spec.query.unit)]
    low, high = _("persons from"), _("persons to")
    for layer in ends[2] if len(heads) > 2 else [0]:
        for row in ends[0]:
            found: dict[str, Value] = {labels.dim(spec.dims[2]): heads[2][layer]} if len(heads) > 2 else {}
            found[labels.dim(spec.dims[0])] = heads[0][row]
            for number, column in enumerate(columns):
                at = (row, number, layer)[: len(heads)] if len(heads) > 1 else (row,)
                found[column] = int(table.counts[at])
                if share is not None:
                    found[f"{column} %"] = round(float(share[at]), 1)
                if table.beside is not None:
                    beside = labels.unit(table.beside.unit)
                    found[f"{column}, {beside}"] = int(table.beside.counts[at])
                    found[f"{column}, {beside}, {low}"] = int(table.beside.low[at])
                    unsized = table.beside.high_unknown[at]
                    found[f"{column}, {beside}, {high}"] = None if unsized else int(table.beside.high[at])
            yield found


def _about(query: Query, total: int, left_out: int, hidden: int, labels: Labels) -> dict[str, Value]:
    """What a file says it is. Words that were searched for are not written: they may be a name."""
    asked = _without_words(asking.to_text(replace(query, page=1)))
    about: dict[str, Value] = {}
    if properties.is_demonstration():
        about[_("Demonstration")] = _("Fictional demonstration archive: no real persons, no real events")
    seq = versions.newest() if query.as_of is None else query.as_of
    known = {run.pk: run.label for run in runs()}
    about |= {
        pgettext("counting", "Unit"): labels.unit(query.unit),
        _("Total"): total,
        _("Question"): asked,
        _("Words searched for"): _("yes, not written here") if query.text is not None else _("none"),
        _("Quality"): _("Checked only") if query.checked else _("All"),
        _("Counted over"): labels.resolution(query.resolution, known) if known else _("Records as coded"),
        _("As known at change"): seq,
        _("Left out: only denied"): left_out,
        _("Hidden from you"): hidden,
        _("Written"): timezone.now().isoformat(timespec="seconds"),
        "Tumen": __version__,
    }
    return about


def _without_words(text: str) -> str:
    return "&".join(part for part in text.split("&") if not part.startswith("q="))


__all__ = ["CHUNK", "Export", "FORMS", "list_export", "table_export"]
