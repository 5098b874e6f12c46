"""Kept sentences as people read them."""

from __future__ import annotations

from django import template

from tumen.archive import sentences

register = template.Library()


@register.filter
def told(sentence: object) -> str:
    """Return a kept sentence, or what a mask shows of it, in the language of the page."""
    return sentences.told(str(sentence))
