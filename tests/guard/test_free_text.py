"""What people type is sealed: every column of text is sealed, coded, or plain for a reason that is written down."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.apps import apps
from django.db import models

from tumen.archive.sealed import SealedField
from tumen.coding.kinds import KINDS, Holds
from tumen.guard import plain

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
CODES = (Holds.TERM, Holds.DATE, Holds.PLACE, Holds.CHOICE)


def columns() -> Iterator[tuple[str, models.Field]]:  # type: ignore[type-arg]
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, TEXT):
                yield f"{model._meta.label_lower}.{field.name}", field


def coded() -> set[str]:
    """The columns that the forms of claims fill with codes, which their services check."""
    return {
        f"{kind.model._meta.label_lower}.{column}"
        for kind in KINDS.values()
        for field in kind.fields
        if field.holds in CODES
        for column in field.columns
    }


def test_every_column_of_text_is_sealed_or_coded_or_plain_for_a_reason() -> None:
    checked = coded()
    bare = [
        name
        for name, field in columns()
        if not isinstance(field, SealedField)
        and not field.choices
        and name not in checked
        and plain.reason(name) is None
    ]
    assert bare == [], "seal it, or say in guard/plain.py why it may stay plain"


def test_what_the_forms_of_claims_ask_for_in_words_is_sealed() -> None:
    named = {"identifier": {"scheme"}}
    for kind in KINDS.values():
        for field in kind.fields:
            if field.holds in (Holds.LINE, Holds.TEXT, Holds.CHAIN) and field.name not in named.get(kind.slug, ()):
                assert isinstance(kind.model._meta.get_field(field.name), SealedField), f"{kind.slug}.{field.name}"


def test_no_reason_is_given_for_a_column_that_is_sealed_or_gone() -> None:
    names = dict(columns())
    for group in (plain.MADE_BY_THE_PROGRAM, plain.CODED, plain.TYPED):
        for name in group:
            if "*" not in name:
                assert name in names and not isinstance(names[name], SealedField), name


def test_the_page_of_sealed_fields_names_every_one_of_them() -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "sealed.md").read_text("utf-8")
    for name, field in columns():
        if isinstance(field, SealedField):
            assert f"`{name}`" in page, f"run scripts/make_reference.py: {name}"
    for name in plain.TYPED:
        assert f"`{name}`" in page, f"run scripts/make_reference.py: {name}"
