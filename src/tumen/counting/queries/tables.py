"""A table made ready to be shown: labels, shares, addresses of the lists behind the cells, a chart, its rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.columns import Dim, Header, HeaderKind, Kind, Mask, Table, TableTooLarge, crosstab
from tumen.counting.fields import ACT_UNITS, PARTY_UNITS, UNIT_LABELS, frame_of
from tumen.counting.queries import asking, filters
from tumen.counting.queries.asking import TableSpec
from tumen.counting.queries.charts import Chart, chart
from tumen.counting.queries.head import Head, head
from tumen.counting.queries.labels import Labels, Language

SHOWN_CELLS = 20_000
"""Cells that a page can show; files and `tumen table` hold any number."""

HEATS = 9


@dataclass(frozen=True)
class TableCell:
    """One count: its share, the list that equals it, the depth of its ground, and what stands beside, never added."""

    count: int
    share: str
    address: str
    heat: int
    beside: str = ""
    beside_address: str = ""


@dataclass(frozen=True)
class TableRow:
    """One row. `group` heads it when it is the first of its kind: the wider term its own stands under."""

    label: str
    group: str
    cells: list[TableCell]
    total: TableCell


@dataclass(frozen=True)
class Layer:
    """The table at one category of the third dimension; a table of one or two has a single layer without a label."""

    label: str
    rows: list[TableRow]
    total: TableRow
    chart: Chart | None


@dataclass(frozen=True)
class Bar:
    """One row of a table of one dimension: its count, its share, the length of its bar in percent of the longest."""

    label: str
    group: str
    count: TableCell
    share: str
    length: float


@dataclass(frozen=True)
class Option:
    """One value of a choice in the builder."""

    value: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class TablePage:
    """Everything a page shows of one table."""

    spec: TableSpec
    address: str
    head: Head
    title: str
    rows_label: str
    columns_label: str
    columns: list[str]
    layers: list[Layer]
    unknown: list[tuple[str, int]]
    rules: list[str]
    bars: list[Bar]
    shares: bool
    chips: list[filters.Chip]
    suffix: str
    width: int
    has_beside: bool
    whole: TableCell
    known: int
    pinned: str

    @property
    def question(self) -> str:
        """What is counted, without by what."""
        return asking.to_text(self.spec.query)


def counted(spec: TableSpec, mask: Mask, user: int) -> Table:
    """Return a table's numbers. Raises BadQuery, Masked, NoSuchText, NotKnownThen, UnknownRun, TableTooLarge."""
    query = asking.with_words(spec.query, user)
    snapshot = asking.columns_for(query)
    return crosstab(snapshot, query, mask, spec.dims, text_rows=asking.found_rows(snapshot, query, mask))


def table_page(spec: TableSpec, mask: Mask, user: int, language: Language) -> TablePage:
    """Return a table ready to be shown. Raises as `counted`, and TableTooLarge for more cells than a page can show."""
    table = counted(spec, mask, user)
    if table.cells.size > SHOWN_CELLS:
        raise TableTooLarge(table.cells.size, SHOWN_CELLS, spec.dims)
    labels = Labels(language, spec.query.unit)
    writer = _Writer(table, spec, labels)
    suffix = spec.to_text().removeprefix(asking.to_text(spec.query))
    known = versions.newest() if spec.query.as_of is None else spec.query.as_of
    layers = list(writer.layers())
    return TablePage(
        spec=spec,
        address=spec.to_text(),
        head=head(table.query, labels, table.total, table.hidden, table.uncounted, (), None, suffix, table.left_out),
        title=title(spec, labels),
        rows_label=labels.dim(spec.dims[0]),
        columns_label=labels.dim(spec.dims[1]) if len(spec.dims) > 1 else "",
        columns=labels.axis(table.headers[1]) if len(spec.dims) > 1 else [],
        layers=layers,
        unknown=[(labels.dim(dim), n) for dim, n in unknown_of(table, labels)],
        rules=rules_of(table, labels),
        bars=_bars(layers[0]) if len(spec.dims) == 1 else [],
        shares=spec.show != "counts" or len(spec.dims) == 1,
        chips=filters.chips(table.query, labels),
        suffix=suffix,
        width=2 + (len(table.headers[1]) if len(spec.dims) > 1 else 0),
        has_beside=table.beside is not None,
        whole=replace(layers[-1].total.total, share=""),
        known=known,
        pinned=replace(spec, query=replace(spec.query, as_of=known)).to_text(),
    )


def rules_of(table: Table, labels: Labels) -> list[str]:
    """Return what a table states about how its numbers came about."""
    rules = [labels.rule(rule) for rule in table.rules]
    if any(dim.field == "age" for dim in table.dims):
        rules.append(
            _("An age is that at the act, as coded from the telling; none is worked out from a date of birth.")
        )
    return rules


def unknown_of(table: Table, labels: Labels) -> list[tuple[Dim, int]]:
    """Return for each dimension how many have no known value there, where this is what having none means."""
    listed = zip(table.dims, table.unknown, strict=True)
    return [(dim, count) for dim, count in listed if labels.says_unknown(dim.field)]


def title(spec: TableSpec, labels: Labels) -> str:
    """Return what a table is a table of."""
    by = [labels.field(dim.field) for dim in spec.dims]
    return f"{labels.unit(spec.query.unit)}: {' × '.join(by)}"


def _bars(layer: Layer) -> list[Bar]:
    most = max((row.total.count for row in layer.rows), default=0) or 1
    return [
        Bar(
            row.label,
            row.group,
            replace(row.total, share=""),
            row.total.share,
            round(100 * row.total.count / most, 1),
        )
        for row in layer.rows
    ]


class _Writer:
    """Turns the numbers of one table into cells."""

    def __init__(self, table: Table, spec: TableSpec, labels: Labels) -> None:
        self._table, self._spec, self._labels = table, spec, labels
        self._depth = len(table.dims)
        of = "all" if self._depth == 1 else spec.show if spec.show != "counts" else None
        self._share = table.percent(of) if of else None  # type: ignore[arg-type]
        self._base = asking.to_text(replace(table.query, page=1))
        self._parts = [
            [replace(table.query, where=(header.condition(),)).where[0] for header in headers]
            for headers in table.headers
        ]
        self._texts = [[f"&{'='.join(condition.pair())}" for condition in conditions] for conditions in self._parts]
        lifted = table.lifted
        self._any = [
            f"&{'='.join(lifted.pair())}" if lifted is not None and lifted.field == dim.field else ""
            for dim in table.dims
        ]
        self._most = [int(table.cells.max(initial=0))] if self._depth < 3 else []

    def layers(self) -> Iterator[Layer]:
        """Yield the whole table, or one layer for each category of the third dimension and one over all of them."""
        if self._depth < 3:
            yield self._layer("", ())
            return
        counts = self._table.counts
        for place, label in enumerate(self._labels.axis(self._table.headers[2])):
            if counts[-1, -1, place]:
                yield self._layer(label, (place,))
        yield self._layer(_("All"), (None,))

    def _layer(self, label: str, rest: tuple[int | None, ...]) -> Layer:
        headers = self._table.headers[0]
        rows = [
            TableRow(label, self._group(headers, place), *self._row(place, rest))
            for place, label in enumerate(self._labels.axis(headers))
        ]
        return Layer(label, rows, TableRow(_("All"), "", *self._row(None, rest)), self._chart(rows))

    def _chart(self, rows: Sequence[TableRow]) -> Chart | None:
        """The drawing of a layer; a table of one dimension has its bars in its rows."""
        if self._depth == 1:
            return None
        labels, headers = self._labels, self._table.headers[1]
        lines = [(row.label, row.group, [cell.count for cell in row.cells], row.total.count) for row in rows]
        by = labels.dim(self._table.dims[1])
        return chart(title(self._spec, labels), by, lines, headers, labels.axis(headers), self._table.overlap)

    def _group(self, headers: Sequence[Header], place: int) -> str:
        """The wider term above a row, if the row before stands under another."""
        own = self._above(headers[place])
        return own if own and (place == 0 or own != self._above(headers[place - 1])) else ""

    def _above(self, header: Header) -> str:
        deep = self._table.dims[0].level or 0
        if header.kind not in (HeaderKind.TERM, HeaderKind.EXACTLY) or deep < 2:
            return ""
        if header.level < deep:
            return self._labels.term(header.field, header.key)
        domain = self._labels.schema.fields[header.field].terms
        parent = domain.keys[domain.parent[domain.code(header.key)]]
        return self._labels.term(header.field, parent)

    def _row(self, row: int | None, rest: tuple[int | None, ...]) -> tuple[list[TableCell], TableCell]:
        if self._depth == 1:
            return [], self._cell((row,))
        columns = range(len(self._table.headers[1]))
        return [self._cell((row, column, *rest)) for column in columns], self._cell((row, None, *rest))

    def _cell(self, place: tuple[int | None, ...]) -> TableCell:
        at = tuple(-1 if one is None else one for one in place)
        count = int(self._table.counts[at])
        share = f"{self._share[at]:.1f} %" if self._share is not None and count else ""
        inner = all(one is not None for one in place)
        beside, beside_address = self._beside(at, place)
        return TableCell(
            count,
            share,
            self._address(place),
            self._heat(count) if inner and self._depth > 1 else 0,
            beside,
            beside_address,
        )

    def _address(self, place: tuple[int | None, ...], unit: str = "") -> str:
        base = self._base if not unit else asking.to_text(replace(self._table.query, unit=unit))
        parts = (
            any_of if at is None else texts[at] for texts, any_of, at in zip(self._texts, self._any, place, strict=True)
        )
        return base + "".join(parts)

    def _heat(self, count: int) -> int:
        most = int(self._table.cells.max(initial=0))
        # Square root: a few large cells would otherwise leave all others white.
        return 0 if not count or not most else max(1, round(HEATS * (count / most) ** 0.5))

    def _beside(self, at: tuple[int, ...], place: tuple[int | None, ...]) -> tuple[str, str]:
        beside = self._table.beside
        if beside is None or not (groups := int(beside.counts[at])):
            return "", ""
        low, high, unsized = int(beside.low[at]), int(beside.high[at]), int(beside.high_unknown[at])
        # Where a group's upper size is unknown, the sum of the others' is no upper bound of all.
        size = f"{low:,}" if unsized or low == high else f"{low:,}–{high:,}"
        words = _("%(n)s groups (%(size)s persons)") if not unsized else _("%(n)s groups (%(size)s persons or more)")
        return words % {"n": f"{groups:,}", "size": size}, self._address(place, beside.unit)


def dimension_options(unit: str, labels: Labels, mask: Mask) -> list[tuple[str, list[Option]]]:
    """Return what a unit can be counted by: for each field its levels or schemes."""
    options = []
    for field in labels.schema.fields.of(unit):
        if field.kind is Kind.REF or not mask.somewhere(field.field_class):
            continue
        if field.kind.ranged:
            dims = [Dim(field.name, scheme=scheme.name) for scheme in field.schemes]
        elif field.terms.depth > 1:
            dims = [Dim(field.name, level=level) for level in range(1, field.terms.depth + 1)]
        else:
            dims = [Dim(field.name)]
        options += [Option(str(dim), labels.dim(dim), labels.field(field.name)) for dim in dims]
    return [(group, list(listed)) for group, listed in groupby(options, key=lambda option: option.group)]


def unit_options(labels: Labels) -> list[Option]:
    """Return the units that tables can count."""
    listed = [unit for unit in UNIT_LABELS if unit in ACT_UNITS or unit in PARTY_UNITS or unit == frame_of(unit)]
    return [Option(unit, labels.unit(unit)) for unit in listed]
