"""Sealing in place what an archive of an earlier version holds in plain: for migrations, which lose nothing.

Live rows and old versions are sealed under the owners they would have today; an empty value becomes null; what belongs
to an owner whose key was destroyed goes. Digests cover stored values, so `renew_digests` works them out anew after it.
Whoever wants to know that nothing was altered before runs `tumen check --deep` with the version that wrote the archive.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.apps.registry import Apps
from django.db import connection

from tumen.archive import identity, ids, reasons, states
from tumen.archive.sealed import seal_value
from tumen.archive.sentences import is_ours

AT_ONCE = 5000
Words = Callable[[Any], str]


def line(value: Any) -> str:
    """Return the plain text of a line."""
    return str(value or "")


def chain(value: Any) -> str:
    """Return the plain text of a chain that was kept as a list, in a row as its JSON text."""
    links = json.loads(value) if isinstance(value, str) else value
    return " < ".join(links or ())


def seal_columns(apps: Apps, label: str, owner: str, fields: dict[str, Words]) -> None:
    """Seal the columns `fields` of a model, each read by its function, under the key of the column `owner`."""
    model = apps.get_model(label)
    table, names = model._meta.db_table, tuple(fields)
    put = f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE id = ?"
    for rows in _parts(f"SELECT id, {owner}, version, {', '.join(names)} FROM {table} ORDER BY id"):
        plain = [(*row[:3], dict(zip(names, map(_read, fields.values(), row[3:]), strict=True))) for row in rows]
        sealed = _sealed(plain)
        _executemany(put, [(*values.values(), row[0]) for row, values in zip(rows, sealed, strict=True)])
    for rows in _parts(f"SELECT id, data FROM archive_superseded WHERE model = '{label.lower()}' ORDER BY id"):
        kept = [(number, states.parse(data)) for number, data in rows]
        plain = [
            (state["id"], state[owner], state["version"], {n: read(state.get(n)) for n, read in fields.items()})
            for _number, state in kept
        ]
        written = []
        for (key, state), values in zip(kept, _sealed(plain), strict=True):
            hexed = {name: None if value is None else value.hex() for name, value in values.items()}
            written.append((json.dumps(state | hexed, ensure_ascii=False, separators=(",", ":")), key))
        _executemany("UPDATE archive_superseded SET data = ? WHERE id = ?", written)


def seal_reasons() -> None:
    """Seal what people typed as reasons of changes and bulk jobs; a job's changes need not repeat its reason."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, why FROM archive_batch")
        batches = [row for row in cursor.fetchall() if not is_ours(row[1])]
    if batches:
        counter = ids.Counter()
        first = counter.take(len(batches))
        counter.keep()
        for owner, (number, why) in enumerate(batches, first):
            _executemany("UPDATE archive_change SET why = '' WHERE batch_id = ? AND why = ?", [(number, why)])
            _executemany(
                "UPDATE archive_batch SET why = '', owner = ?, said = ? WHERE id = ?",
                [(owner, reasons.kept(why, owner)["said"], number)],
            )
    for rows in _parts("SELECT id, why FROM archive_change WHERE why <> '' ORDER BY id"):
        typed = [(number, why) for number, why in rows if not is_ours(why)]
        identity.keys_for((number for number, _why in typed), make=True)
        put = "UPDATE archive_change SET why = '', said = ? WHERE id = ?"
        _executemany(put, [(reasons.kept(why, number)["said"], number) for number, why in typed])


def renew_digests(apps: Apps) -> None:
    """Work out the digest of every change from what the tables hold now."""
    models: dict[str, Any] = {
        label: apps.get_model(label) for label in sorted(states.record_models()) if _is_there(apps, label)
    }
    written = " UNION ALL ".join(
        f"SELECT '{label}', {states.text_sql(model, 't')} FROM {model._meta.db_table} t WHERE t.change = ?1"
        for label, model in models.items()
    )
    kept = "SELECT model, data FROM archive_superseded WHERE from_change = ?1"
    for rows in _parts("SELECT seq AS id, salt FROM archive_change ORDER BY seq", key="seq"):
        fresh = []
        for seq, salt in rows:
            lines = connection.connection.execute(f"{written} UNION ALL {kept}", (seq,)).fetchall()
            fresh.append((states.digest(bytes(salt), lines), seq))
        _executemany("UPDATE archive_change SET digest = ? WHERE seq = ?", fresh)


def _is_there(apps: Apps, label: str) -> bool:
    try:
        apps.get_model(label)
    except LookupError:
        return False
    return True


def _read(read: Words, value: Any) -> str | None:
    """Return the plain text of a value, None of one that is sealed already."""
    return None if isinstance(value, bytes) else read(value)


def _sealed(rows: Iterable[tuple[int, int, int, dict[str, Any]]]) -> list[dict[str, bytes | None]]:
    listed = list(rows)
    owners = {owner for _id, owner, _number, values in listed if any(values.values())}
    keys = identity.readable(owners)
    keys |= identity.keys_for(identity.missing(owners), make=True)
    return [
        {
            name: seal_value(keys[owner], record, name, number, value) if value and owner in keys else None
            for name, value in values.items()
        }
        for record, owner, number, values in listed
    ]


def _parts(statement: str, key: str = "id") -> Iterator[list[Sequence[Any]]]:
    """Yield the rows of a statement ordered by its first column, in parts that are read to the end before writing."""
    last = None
    head, _, tail = statement.partition(" ORDER BY ")
    joined = " AND " if " WHERE " in head else " WHERE "
    while True:
        after = "" if last is None else f"{joined}{key} > {last}"
        with connection.cursor() as cursor:
            cursor.execute(f"{head}{after} ORDER BY {tail} LIMIT {AT_ONCE}")
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _executemany(statement: str, rows: Sequence[Sequence[Any]]) -> None:
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.executemany(statement, rows)
