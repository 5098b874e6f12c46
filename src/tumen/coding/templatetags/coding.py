"""Small words of the coding templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tumen.coding import reference
from tumen.coding.kinds import Field, Holds
from tumen.coding.queries.choices import Choice
from tumen.coding.queries.labels import Called

register = template.Library()


@register.simple_tag
def gap_choices() -> list[Choice]:
    """Return the reasons a field can be empty for."""
    vocabulary = reference.vocabularies()["gap"]
    return [Choice(term.code, term.label.text(reference.language())) for term in vocabulary if not term.retired]


@register.simple_tag
def options_url(field: Field) -> str:
    """Return where the picker of a field fetches its list."""
    if field.holds is Holds.PLACE:
        return reverse("coding:place_options")
    return reverse("coding:term_options", args=[field.list])


@register.simple_tag
def called(who: Called | None) -> str | SafeString:
    """Return a party's name, or its stand-in drawn as one."""
    if who is None:
        return ""
    return format_html('<span class="masked">{}</span>', who.text) if who.masked else who.text


@register.filter
def are_filled(inputs: Sequence[Any]) -> bool:
    """Say whether a group of inputs holds something that should be in view."""
    return any(one.is_filled for one in inputs)


@register.simple_tag
def place_name(code: str) -> str:
    """Return a place with the places around it."""
    return reference.place_label(code)
