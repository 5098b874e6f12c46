"""Kept sentences as people read them."""

from __future__ import annotations

from django import template

from tumen.archive import sentences

register = template.Library()
register.filter("told", sentences.told)
