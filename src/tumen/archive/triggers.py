"""Triggers generated from the models: old states are kept by the database, not by anyone's good intentions.

On update of a record's row the old state goes to `archive_superseded`, the version must have grown by one, and a
delete is refused. They hold for every writer, bulk statements and a hand-typed UPDATE included, and are compared with
the models each time an archive is opened. The custody log's rows are neither changed nor deleted.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction

from tumen.archive import states
from tumen.archive.models import Attestation, Checkpoint, Leaf, Record, Superseded

PREFIX = "keep_"
LOG = (Leaf, Checkpoint, Attestation)


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


def expected() -> dict[str, str]:
    """Return every trigger that the models ask for."""
    return {name: text for made in _by_table().values() for name, text in made.items()}


def kept(table: str) -> dict[str, str]:
    """Return the CREATE TRIGGER statements of a table whose rows are never changed, by their names."""
    return {
        f"{PREFIX}{table}_{what.lower()}": f"""CREATE TRIGGER {PREFIX}{table}_{what.lower()} BEFORE {what} ON {table}
        BEGIN SELECT RAISE(ABORT, 'the custody log only grows'); END"""
        for what in ("UPDATE", "DELETE")
    }


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
        for table, made in _by_table().items():
            if table in tables:
                for statement in made.values():
                    cursor.execute(statement)


def _by_table() -> dict[str, dict[str, str]]:
    made = {model._meta.db_table: statements(model) for model in states.record_models().values()}
    return made | {model._meta.db_table: kept(model._meta.db_table) for model in LOG}


def _installed(using: str) -> dict[str, str]:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{PREFIX}%"])
        return dict(cursor.fetchall())
