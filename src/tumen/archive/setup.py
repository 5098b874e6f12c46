"""Making and opening an archive with its tables, from a command or a test."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from tumen.archive import folder, keys
from tumen.archive.errors import NewerArchive

SETTINGS = "tumen.workbench.settings"


def start_django() -> None:
    """Load the apps; needs no archive."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def create(path: Path, passphrase: str, pack: int = 0) -> folder.Archive:
    """Make an archive with its tables and leave it open. Raises AlreadyThere, DiskFull, NotWritable.

    `pack` numbers this copy among those of one group, so that ids made on two laptops never meet. The keys are
    written last: a folder without `keys.json` is what an interrupted call leaves, and no archive.
    """
    ids_fit(pack)
    archive = folder.make(path)
    folder.use(archive)
    try:
        start_django()
        from django.db import transaction

        from tumen.archive import identity
        from tumen.archive.backend.base import plainly
        from tumen.archive.log import checkpoints
        from tumen.archive.models import Pack

        with plainly("making the archive"):
            identity.create()
            migrate()
            with transaction.atomic():
                Pack.objects.create(number=pack)
            checkpoints.begin()
        keys.keep(path, archive.key, passphrase)
    except BaseException:
        folder.close()
        # All in it is this call's own; left there, it would stand in the way of the next one.
        shutil.rmtree(path, ignore_errors=True)
        raise
    return archive


def open_archive(path: Path, passphrase: str | None = None, key_file: bytes | None = None) -> folder.Archive:
    """Open an archive, bring its tables up to this version, make the day's checkpoint of its log, and leave it open.

    Raises NotAnArchive, DamagedKeys, WrongPassphrase, DamagedArchive, NewerArchive, NotWritable or DiskFull.
    """
    archive = folder.unlock(path, passphrase, key_file)
    folder.use(archive)
    try:
        start_django()
        from tumen.archive.backend.base import plainly
        from tumen.archive.log import checkpoints

        with plainly("opening the archive"):
            migrate()
            checkpoints.begin()
        checkpoints.daily()
    except BaseException:
        folder.close()
        raise
    return archive


def migrate() -> None:
    """Bring the tables and triggers of the open archive up to this version; does nothing when they are.

    Raises NewerArchive for tables that this version does not know.
    """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from tumen.archive import triggers

    executor = MigrationExecutor(connection)
    known = executor.loader.disk_migrations.keys()
    # A squashed migration stands for those it replaces, which are on the disk under its own name only.
    replaced = {old for migration in executor.loader.disk_migrations.values() for old in migration.replaces}
    if newer := sorted(set(executor.loader.applied_migrations) - known - replaced):
        raise NewerArchive(f"This archive needs a newer version of Tumen (it has {newer[0][0]} {newer[0][1]}).")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        triggers.remove()
        call_command("migrate", verbosity=0, interactive=False)
    if not triggers.current():  # a process killed between the tables and their triggers
        triggers.install()


def ids_fit(pack: int) -> None:
    """Raise ValueError when `pack` is no pack number."""
    if not 0 <= pack < 1 << 12:
        raise ValueError(f"pack {pack}: a pack number is between 0 and 4095")


def new_passphrase(words: int = 6) -> str:
    """Return a random passphrase of syllables, 12.6 bits a word (80 syllables, two a word)."""
    consonants, vowels = "bdfghjklmnprstvz", "aeiou"
    syllable = [c + v for c in consonants for v in vowels]
    return "-".join(secrets.choice(syllable) + secrets.choice(syllable) for _ in range(words))
