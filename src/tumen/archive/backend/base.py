"""The SQLCipher engine for Django: the stock SQLite backend with another driver, a key, and the writer lock.

The path and the key come from the archive this process has open, never from settings, so that no key stands in
a settings dictionary, an error page or an environment variable.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db import connections
from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3._functions import register as register_functions
from django.db.utils import DatabaseError
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from sqlcipher3 import dbapi2

from tumen.archive import folder
from tumen.archive.errors import ArchiveClosed, DamagedArchive, DiskFull, NotWritable
from tumen.archive.lock import WriterLock

for _name, _convert in (
    ("bool", b"1".__eq__),
    ("date", base.decoder(parse_date)),
    ("time", base.decoder(parse_time)),
    ("datetime", base.decoder(parse_datetime)),
    ("timestamp", base.decoder(parse_datetime)),
):
    dbapi2.register_converter(_name, _convert)
dbapi2.register_adapter(decimal.Decimal, str)
dbapi2.register_adapter(datetime.date, base.adapt_date)
dbapi2.register_adapter(datetime.datetime, base.adapt_datetime)

# How long a statement outside a change (a session, a login) waits for the engine's own lock.
BUSY_MS = 30_000

# FULL: an acknowledged edit survives a power cut. Bulk work lowers it for its own connection and says so.
PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -32000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA secure_delete = ON",
    # Recursive triggers are on in this build; the version triggers must not see their own work.
    "PRAGMA recursive_triggers = OFF",
    "PRAGMA legacy_alter_table = OFF",
    "PRAGMA journal_size_limit = 67108864",
)


# Each page is decrypted and authenticated when it is first read; both cost a third of the default's (4 kB pages under
# HMAC-SHA512, for which processors have no instructions): docs/decisions/encryption.md. Fixed when a file is made, and
# set as the engine's defaults, which are what VACUUM INTO gives a copy.
CIPHER = ("PRAGMA cipher_default_page_size = 16384", "PRAGMA cipher_default_hmac_algorithm = HMAC_SHA256")


def connect(path: str, key: bytes, pragmas: Iterable[str] = PRAGMAS) -> Any:
    """Open one encrypted SQLite file with a raw 32-byte key (no key derivation: 0.6 ms against Argon2's second)."""
    connection = dbapi2.connect(
        path, check_same_thread=False, detect_types=dbapi2.PARSE_DECLTYPES, isolation_level=None
    )
    # The engine would write lines of its own to standard error; what is wrong is raised, and told once.
    connection.execute("PRAGMA cipher_log_level = NONE")
    for pragma in CIPHER:
        connection.execute(pragma)
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for pragma in pragmas:
        connection.execute(pragma)
    return connection


@contextlib.contextmanager
def plainly(what: str) -> Iterator[None]:
    """Tell a full disk, a damaged and a closed file by errors of their own; other database errors pass as they are."""
    try:
        yield
    except (DatabaseError, dbapi2.DatabaseError) as error:
        cause = error if isinstance(error, dbapi2.Error) else error.__cause__
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code in (dbapi2.SQLITE_FULL, dbapi2.SQLITE_IOERR):
            raise DiskFull(
                f"The disk is full or failing ({what}): nothing of this was kept. Free space, then try again."
            ) from error
        if code in (dbapi2.SQLITE_CORRUPT, dbapi2.SQLITE_NOTADB):
            raise DamagedArchive(
                f"The archive's files are damaged or do not belong together ({what}). Restore them from a backup."
            ) from error
        if code in (dbapi2.SQLITE_CANTOPEN, dbapi2.SQLITE_READONLY, dbapi2.SQLITE_PERM):
            raise NotWritable(
                f"The archive's folder cannot be written ({what}): it is read-only, belongs to another user, or was "
                "moved. Nothing was changed."
            ) from error
        raise


class Cursor(dbapi2.Cursor):
    """Django's `%s` placeholders as SQLite's `?`; a lone write waits its turn as a transaction does."""

    queue: WriterLock

    def execute(self, query: str, params: Sequence[Any] | None = None) -> Any:
        """Run one statement."""
        with self._turn(query):
            if params is None:
                return super().execute(query)
            return super().execute(_qmark(query), params)

    def executemany(self, query: str, param_list: Iterable[Sequence[Any]]) -> Any:
        """Run one statement for many rows."""
        with self._turn(query):
            return super().executemany(_qmark(query), param_list)

    @contextlib.contextmanager
    def _turn(self, query: str) -> Iterator[None]:
        # Outside a transaction SQLite would poll for its lock and lose every race against an import.
        if self.connection.in_transaction or query.lstrip()[:6].upper() not in WRITES:
            yield
            return
        self.queue.acquire()
        try:
            yield
        finally:
            self.queue.release()


WRITES = frozenset({"INSERT", "UPDATE", "DELETE", "REPLAC"})


def _qmark(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")


class DatabaseWrapper(base.DatabaseWrapper):
    """One thread's connection to the open archive."""

    vendor = "sqlite"
    display_name = "SQLCipher"
    Database = dbapi2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._writer: WriterLock | None = None
        self._archive: folder.Archive | None = None

    def get_connection_params(self) -> dict[str, Any]:
        """Return the path and key of the open archive; raises ArchiveClosed."""
        self._archive = archive = folder.current()
        self.transaction_mode = "IMMEDIATE"
        return {"path": str(archive.database), "key": archive.key.derive("database")}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file; the constraint pragma is Django's, the rest ours."""
        connection = connect(conn_params["path"], conn_params["key"])
        register_functions(connection)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that speaks Django's placeholders."""
        cursor = self.connection.cursor(Cursor)
        cursor.queue = self._queue()
        return cursor

    def ensure_connection(self) -> None:
        """Connect to the archive that is open now: another thread may have closed it and opened another."""
        if self.connection is not None and self._archive is not folder.current():
            self.close()
        super().ensure_connection()

    def is_in_memory_db(self) -> bool:
        """Never: an archive is a file."""
        return False

    def _start_transaction_under_autocommit(self) -> None:
        # Every transaction is a write (reads run in autocommit), so it queues for the lock before it begins.
        self._queue().acquire()
        try:
            self.cursor().execute("BEGIN IMMEDIATE")
        except BaseException:
            self._queue().release()
            raise

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._queue().release()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._queue().release()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _queue(self) -> WriterLock:
        if self._writer is None:
            if self._archive is None:
                raise ArchiveClosed("No archive is open in this process.")
            self._writer = WriterLock(self._archive.folder)
        return self._writer


folder.at_close(lambda: connections.close_all())
