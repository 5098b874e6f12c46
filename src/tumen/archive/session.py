"""What every command shares: which archive, how it is opened, how progress and failures are told."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import click

from tumen import disk
from tumen.archive import folder
from tumen.archive.errors import ArchiveError

ARCHIVE_VARIABLE = "TUMEN_ARCHIVE"
PASSPHRASE_FILE_VARIABLE = "TUMEN_PASSPHRASE_FILE"  # noqa: S105 (the name of a variable that names a file)

# Exit codes, so that scripts can tell what happened without reading prose.
OK, FOUND, USAGE, NO_ARCHIVE, BAD_INPUT, NO_SPACE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130


class Session:
    """One run of `tumen`: the archive named on the command line, opened when a command first needs it."""

    def __init__(self, archive: Path | None, passphrase_file: Path | None, key_file: Path | None) -> None:
        self._archive, self._passphrase_file, self._key_file = archive, passphrase_file, key_file

    @property
    def path(self) -> Path:
        """The archive's folder; a usage error when none was named."""
        if self._archive is None:
            raise click.UsageError(f"Name the archive with --archive DIR or {ARCHIVE_VARIABLE}.")
        return self._archive

    def passphrase(self, confirm: bool = False) -> str:
        """Return the passphrase from its file, or ask for it."""
        if self._passphrase_file is not None:
            try:
                return read_passphrase(self._passphrase_file)
            except (OSError, UnicodeDecodeError) as error:
                raise click.UsageError(f"The passphrase file cannot be read: {error}") from error
        if not os.isatty(0):
            raise click.UsageError(f"Give the passphrase in a file: --passphrase-file or {PASSPHRASE_FILE_VARIABLE}.")
        answer: str = click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm, err=True)
        return answer

    def open(self) -> folder.Archive:
        """Open the archive for the rest of this run."""
        from tumen.archive import setup

        if folder.is_open():
            return folder.current()
        if self._key_file is not None:
            return setup.open_archive(self.path, key_file=self._key_file.read_bytes())
        return setup.open_archive(self.path, self.passphrase())


pass_session = click.make_pass_decorator(Session)


class Failed(click.ClickException):
    """A command could not do what it was asked; told in one line, with an exit code that says of what kind."""

    def __init__(self, message: str, code: int = FOUND) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click declares it on the class, and reads it here


def read_passphrase(path: Path) -> str:
    """Return what a passphrase or password file holds, without its line end. Raises OSError, UnicodeDecodeError."""
    text = path.read_text("utf-8").strip("\r\n")
    if not text:
        raise click.UsageError(f"{path} is empty.")
    return text


def write_secret(path: Path, secret: bytes) -> None:
    """Write a new file that only its owner may read; what is there already is never overwritten."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        disk.sync(path.parent)
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}. Name a new file.", USAGE) from error


@contextmanager
def new_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a new file that only its owner may read: never over what is there already, and no half of one stays."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise Failed(f"{path} is there already; name another file.", BAD_INPUT) from error
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}.", USAGE) from error
    try:
        with open(descriptor, "wb") as file:
            yield file
    except BaseException as error:
        path.unlink(missing_ok=True)
        if disk.is_full(error):
            raise Failed(f"The disk is full: {path} was not written. Free space, then try again.", NO_SPACE) from error
        raise


@contextmanager
def told() -> Iterator[None]:
    """Turn what can go wrong with an archive into one line and an exit code."""
    from tumen.archive import errors

    try:
        yield
    except errors.DiskFull as error:
        raise Failed(str(error), NO_SPACE) from error
    except (errors.NotAnArchive, errors.WrongPassphrase) as error:
        raise Failed(str(error), NO_ARCHIVE) from error
    except errors.WrongShares as error:
        raise Failed(str(error), BAD_INPUT) from error
    except ArchiveError as error:
        raise Failed(str(error)) from error


def print_json(value: Any) -> None:
    """Print data for another program."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def progress(label: str, length: int) -> Any:
    """Return a progress bar to `update`, on standard error so that piped output stays clean."""
    return click.progressbar(length=length, label=label, file=sys.stderr)  # type: ignore[operator]


def telling(bar: Any) -> Callable[[int, int], None]:
    """Return what brings a bar from `progress` up to date when told (done, in all)."""

    def tell(done: int, total: int) -> None:
        bar.length = total
        bar.update(done - bar.pos)

    return tell
