"""Codes and dates of sources as people read them."""

from __future__ import annotations

from django import template

from tumen import dates
from tumen.sources import lists

register = template.Library()


@register.filter
def term(code: str, name: str) -> str:
    """Return the label of a term of the list `name`."""
    return lists.label(name, code)


@register.filter
def edtf(text: str) -> str:
    """Return a date in words."""
    value = dates.try_parse(text)
    return text if value is None else dates.describe(value, lists.language())
