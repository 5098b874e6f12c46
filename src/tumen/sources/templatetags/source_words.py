"""Codes and dates of sources as people read them."""

from __future__ import annotations

from django import template

from tumen import dates
from tumen.archive.models import Record
from tumen.guard import reading
from tumen.sources import lists, queries
from tumen.sources.models import Source

register = template.Library()


@register.filter
def term(code: str, name: str) -> str:
    """Return the label of a term of the list `name`."""
    return lists.label(name, code)


@register.filter
def title_of(source: Source) -> str:
    """Return the title of a source."""
    return queries.title(source)


@register.filter
def opened(record: Record, name: str) -> str:
    """Return a sealed field that anybody may read who sees the record; empty when it was erased."""
    return reading.public(record, name).text


@register.filter
def edtf(text: str) -> str:
    """Return a date in words."""
    value = dates.try_parse(text)
    return text if value is None else dates.describe(value, lists.language())
