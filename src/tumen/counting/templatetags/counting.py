"""Small things the pages of counting need: the page of a record, a query's address, numbers with their commas."""

from __future__ import annotations

from functools import cache

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from tumen.counting.queries.cells import Cell
from tumen.counting.queries.charts import ChartRow
from tumen.counting.queries.figures import AXES
from tumen.counting.queries.tables import TableCell

register = template.Library()

_PAGES = {"act": "coding:act", "party": "coding:party", "source": "sources:detail"}


@cache
def _page_of(kind: str) -> str:
    """The address of a record's page, its number left open."""
    return reverse(_PAGES.get(kind, "coding:record"), args=[0]).replace("/0/", "/%d/")


@cache
def _list_of(unit: str) -> str:
    return reverse("counting:figures") if unit == AXES else reverse("counting:list", args=[unit])


@register.simple_tag
def record_url(kind: str, number: int) -> str:
    """Return the address of a record's page."""
    return _page_of(kind) % number


@register.filter
def list_url(text: str) -> str:
    """Return the address of the list that a query's text form means."""
    unit, _, rest = text.partition("&")
    return f"{_list_of(unit.removeprefix('unit='))}{'?' if rest else ''}{rest}"


@register.filter
def unit_list_url(unit: str) -> str:
    """Return the address of the list of a unit, without any filter."""
    return _list_of(unit)


_KINDS = {"": "{}", "gap": '<span class="gap-value">{}</span>', "masked": '<span class="masked">{}</span>'}


@register.filter
def inner(cell: Cell) -> SafeString:
    """Return a cell's text, set as what it is. Written here, since a page has hundreds of them."""
    return mark_safe(_KINDS[cell.kind].format(escape(cell.text)))  # noqa: S308 (escaped in this line)


@register.filter
def td(cell: Cell) -> SafeString:
    """Return a cell of a list."""
    how = f' class="{cell.set}"' if cell.set else ""
    return mark_safe(f"<td{how}>{inner(cell)}</td>")  # noqa: S308 (inner escapes)


@register.filter
def count_td(cell: TableCell, total: str = "") -> SafeString:
    """Return a cell of a cross-table, linked to its list, with what stands beside."""
    heat = f' data-heat="{cell.heat}"' if cell.heat else ""
    how = ' class="total"' if total else ""
    share = f'<span class="share">{escape(cell.share)}</span>' if cell.share else ""
    if cell.count:
        count = f'<a href="{escape(list_url(cell.address))}">{cell.count:,}{share}</a>'
    else:
        count = '<span class="muted">0</span>'
    beside = ""
    if cell.beside:
        beside = f'<a class="beside" href="{escape(list_url(cell.beside_address))}">+ {escape(cell.beside)}</a>'
    return mark_safe(f"<td{heat}{how}>{count}{beside}</td>")  # noqa: S308 (every part is escaped above)


@register.filter
def stack(row: ChartRow, stacked: bool) -> SafeString:
    """Return the bars of one row of a chart: parts of one, or one each."""
    rects = [
        f'<rect class="{piece.look}" x="{piece.start}%" width="{piece.length}%" height="100%">'
        f"<title>{escape(piece.says)}</title></rect>"
        for piece in row.pieces
    ]
    drawn = ["".join(rects)] if stacked else rects
    return mark_safe("".join(f'<svg class="stack">{each}</svg>' for each in drawn))  # noqa: S308 (escaped above)


@register.filter
def tabs_url(text: str) -> str:
    """Return the address of a search's tabs with their counts."""
    unit, _, rest = text.partition("&")
    return f"{reverse('counting:tabs', args=[unit.removeprefix('unit=')])}?{rest}"


@register.filter
def facet_url(text: str, dim: str) -> str:
    """Return the address of one facet, whole, under a query."""
    unit, _, rest = text.partition("&")
    return f"{reverse('counting:facet', args=[unit.removeprefix('unit=')])}?{rest}&dim={dim}"


@register.filter
def export_url(text: str, form: str) -> str:
    """Return the address of a list or table as a file, with its question."""
    return f"{export_path(text, form)}?{text if 'dims=' in text else text.partition('&')[2]}"


@register.filter
def export_path(text: str, form: str) -> str:
    """Return the address of a list or table as a file, the question left to a form."""
    if "dims=" in text:
        return reverse("counting:export_table", args=[form])
    return reverse("counting:export", args=[text.partition("&")[0].removeprefix("unit="), form])


@register.filter
def table_url(text: str) -> str:
    """Return the address of the table that a text form means."""
    return f"{reverse('counting:table')}?{text}"


@register.filter
def number(value: int) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,}"
