"""Triggers generated from the models: old states are kept by the database, not by anyone's good intentions.

On update of a record's row the old state goes to `archive_superseded`, the version must have grown by one, and a
delete is refused. Rows that are written once (`models.Written`: the audit, the custody log) can be neither changed nor
deleted. They hold for every writer, bulk statements and a hand-typed UPDATE included, and are compared with the models
each time an archive is opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models, transaction

from tumen.archive import states
from tumen.archive.models import Record, Superseded, Written

PREFIX = "keep_"


def statements(model: type[Record]) -> dict[str, str]:
    """Return the CREATE TRIGGER statements of one record kind by their names."""
    table, label = model._meta.db_table, model._meta.label_lower
    return {
        # A change may write a record twice: as long as it is open (not in the log), its state is still being made.
        f"{PREFIX}{table}_version": f"""CREATE TRIGGER {PREFIX}{table}_version BEFORE UPDATE ON {table}
        WHEN NEW.id <> OLD.id OR NOT (NEW.version = OLD.version + 1 AND NEW.change > OLD.change
          OR NEW.version = OLD.version AND NEW.change = OLD.change
             AND NOT EXISTS (SELECT 1 FROM archive_change WHERE seq = OLD.change))
        BEGIN SELECT RAISE(ABORT, 'a record is changed one version at a time, by a later change'); END""",
        f"{PREFIX}{table}_old": f"""CREATE TRIGGER {PREFIX}{table}_old AFTER UPDATE ON {table}
        WHEN NEW.version <> OLD.version
        BEGIN INSERT INTO {Superseded._meta.db_table} (record, model, version, from_change, to_change, data)
        VALUES (OLD.id, '{label}', OLD.version, OLD.change, NEW.change, {states.text_sql(model, "OLD")}); END""",
        f"{PREFIX}{table}_delete": f"""CREATE TRIGGER {PREFIX}{table}_delete BEFORE DELETE ON {table}
        BEGIN SELECT RAISE(ABORT, 'nothing is deleted: retract the record'); END""",
    }


def once(model: type[models.Model]) -> dict[str, str]:
    """Return the CREATE TRIGGER statements of rows that are written once, by their names."""
    table, pk = model._meta.db_table, model._meta.pk.column
    # REPLACE deletes without asking the trigger on delete: it is met where it inserts.
    again = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {pk} = NEW.{pk})"
    return {
        f"{PREFIX}{table}_{verb}": f"""CREATE TRIGGER {PREFIX}{table}_{verb} BEFORE {verb.upper()} ON {table} {when}
        BEGIN SELECT RAISE(ABORT, 'this row is written once'); END"""
        for verb, when in (("update", ""), ("delete", ""), ("insert", again))
    }


def expected() -> dict[str, str]:
    """Return every trigger that the models ask for."""
    return {name: text for _table, wanted in _wanted() for name, text in wanted.items()}


def _wanted() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each table that triggers guard, with their statements by name."""
    for model in states.record_models().values():
        yield model._meta.db_table, statements(model)
    for written in apps.get_models():
        if issubclass(written, Written):
            yield written._meta.db_table, once(written)


def current(using: str = "default") -> bool:
    """Say whether the archive has exactly the triggers that the models ask for."""
    return _installed(using) == expected()


def remove(using: str = "default") -> None:
    """Drop every trigger of ours, for a migration: a table that one of them names cannot be made anew under it."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for name in _installed(using):
            cursor.execute(f'DROP TRIGGER "{name}"')


def install(using: str = "default", **_: Any) -> None:
    """Drop and make again every trigger of ours, in one transaction; called after each migration."""
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for name in _installed(using):
            cursor.execute(f'DROP TRIGGER "{name}"')
        tables = set(connections[using].introspection.table_names(cursor))
        for table, wanted in _wanted():
            for statement in wanted.values() if table in tables else ():
                cursor.execute(statement)


def _installed(using: str) -> dict[str, str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        return dict(cursor.fetchall())
