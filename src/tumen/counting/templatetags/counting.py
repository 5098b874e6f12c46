"""Small things the pages of counting need: the page of a record, a query's address, numbers with their commas."""

from __future__ import annotations

from django import template
from django.urls import reverse

register = template.Library()

_PAGES = {"act": "coding:act", "party": "coding:party", "source": "sources:detail"}


@register.simple_tag
def record_url(kind: str, number: int) -> str:
    """Return the address of a record's page."""
    return reverse(_PAGES.get(kind, "coding:record"), args=[number])


@register.filter
def list_url(text: str) -> str:
    """Return the address of the list that a query's text form means."""
    unit, _, rest = text.partition("&")
    return f"{reverse('counting:list', args=[unit.removeprefix('unit=')])}{'?' if rest else ''}{rest}"


@register.filter
def facet_url(text: str, dim: str) -> str:
    """Return the address of one facet, whole, under a query."""
    unit, _, rest = text.partition("&")
    return f"{reverse('counting:facet', args=[unit.removeprefix('unit=')])}?{rest}&dim={dim}"


@register.filter
def export_url(text: str, form: str) -> str:
    """Return the address of a list as a file."""
    unit, _, rest = text.partition("&")
    return f"{reverse('counting:export', args=[unit.removeprefix('unit='), form])}?{rest}"


@register.filter
def table_url(text: str) -> str:
    """Return the address of the table that a text form means."""
    return f"{reverse('counting:table')}?{text}"


@register.filter
def number(value: int) -> str:
    """Return a number with its thousands apart."""
    return f"{value:,}"
