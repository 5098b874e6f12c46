"""Making and opening an archive with its tables, from a command or a test."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from tumen.archive import folder

SETTINGS = "tumen.workbench.settings"


def start_django() -> None:
    """Load the apps; needs no archive."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()


def create(path: Path, passphrase: str, pack: int = 0) -> folder.Archive:
    """Make an archive with its tables and leave it open. Raises AlreadyThere.

    `pack` numbers this copy among those of one group, so that ids made on two laptops never meet.
    """
    archive = folder.make(path, passphrase)
    folder.use(archive)
    start_django()
    migrate()
    from django.db import transaction

    from tumen.archive.models import Pack

    with transaction.atomic():
        Pack.objects.create(number=pack)
    return archive


def open_archive(path: Path, passphrase: str | None = None, key_file: bytes | None = None) -> folder.Archive:
    """Open an archive, bring its tables up to this version, and leave it open."""
    archive = folder.unlock(path, passphrase, key_file)
    folder.use(archive)
    start_django()
    migrate()
    return archive


def migrate() -> None:
    """Bring the tables of the open archive up to this version; does nothing when they are."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def new_passphrase(words: int = 6) -> str:
    """Return a random passphrase of syllables, 12.6 bits a word (80 syllables, two a word)."""
    consonants, vowels = "bdfghjklmnprstvz", "aeiou"
    syllable = [c + v for c in consonants for v in vowels]
    return "-".join(secrets.choice(syllable) + secrets.choice(syllable) for _ in range(words))
