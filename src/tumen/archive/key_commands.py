"""`tumen keys`: the ways of opening an archive, the sheets that recover it, and the key its persons' keys are under."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from pathlib import Path

import click

from tumen.archive.session import (
    Failed,
    Session,
    pass_session,
    print_json,
    progress,
    read_passphrase,
    telling,
    write_secret,
)

LANGUAGES = {"en": "en", "ko": "ko", "zh": "zh-hans"}
TRIES = 3
new_passphrase_file = click.option(
    "--new-passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the new passphrase. Without it, Tumen asks.",
)
sheet_files = click.option(
    "--sheet",
    "sheets",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the words of one sheet; give two. Without it, Tumen asks.",
)


@click.group()
def keys() -> None:
    """What opens the archive: passphrase, key files, recovery sheets; and the rotation of its keys.

    \b
    Example:  tumen --archive ~/archive keys list
    """


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
@pass_session
def list_ways(session: Session, as_json: bool) -> None:
    """List what opens the archive, and since when. Needs no passphrase.

    \b
    Example:  tumen --archive ~/archive keys list
    """
    from tumen.archive import keys as archive_keys

    ways = archive_keys.ways(session.path)
    made = archive_keys.encryption_made(session.path)
    if as_json:
        print_json({"ways": [asdict(way) for way in ways], "keys_rotated": made or None})
        return
    for way in ways:
        since = f" since {way.made}" if way.made else ""
        click.echo(f"{way.number}  {way.kind}{' ' + way.label if way.label else ''}{since}")
    if not any(way.kind == archive_keys.SHARES for way in ways):
        click.echo("No recovery sheets: make them with `tumen keys shares`.")
    click.echo(f"The persons' keys are under a key of {made or 'the day the archive was made'} (`tumen keys rotate`).")


@keys.command()
@new_passphrase_file
@pass_session
def passphrase(session: Session, new_passphrase_file: Path | None) -> None:
    """Replace the passphrase; key files, sheets and everything in the archive stay as they are.

    \b
    Example:  tumen --archive ~/archive keys passphrase
    """
    from tumen.archive import keys as archive_keys

    archive = session.open()
    archive_keys.change_passphrase(archive.folder, archive.key, _new_passphrase(new_passphrase_file))
    click.echo("The passphrase is changed.")


@keys.command("add-file")
@click.argument("path", type=click.Path(path_type=Path))
@pass_session
def add_file(session: Session, path: Path) -> None:
    """Write a new key file to PATH; it opens the archive without the passphrase. Keep it apart.

    \b
    Example:  tumen --archive ~/archive keys add-file /media/safe/tumen.key
              tumen --archive ~/archive --key-file /media/safe/tumen.key check
    """
    from tumen.archive import keys as archive_keys

    archive = session.open()
    # The file first: a wrap that no file opens harms nobody, a file that opens nothing is relied on.
    file = archive_keys.new_key_file()
    write_secret(path, file)
    try:
        archive_keys.add_key_file(archive.folder, archive.key, file, path.name)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    click.echo(f"Written: {path}")


@keys.command()
@click.argument("number", type=int)
@pass_session
def revoke(session: Session, number: int) -> None:
    """Take away the way of opening that has this NUMBER in `keys list`: a lost key file, sheets that were seen.

    Copies of the archive made before still open by it.

    \b
    Example:  tumen --archive ~/archive keys revoke 2
    """
    from tumen.archive import keys as archive_keys

    archive = session.open()
    try:
        gone = archive_keys.revoke(archive.folder, number)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    click.echo(f"{gone.kind[:1].upper()}{gone.kind[1:]} {gone.label} opens the archive no more.".replace("  ", " "))


@keys.command()
@click.option(
    "--to",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A new folder for the pages.",
)
@click.option("--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="Of the sheets.")
@click.option("--unread", is_flag=True, help="Do not ask for words of the printed sheets before they count.")
@pass_session
def shares(session: Session, to: Path, language: str, unread: bool) -> None:
    """Make three recovery sheets to print: any two of them open the archive when the passphrase is lost.

    The pages are secrets: write them to a folder in memory (/dev/shm/sheets) or on a stick, print them, remove them.
    Give the sheets to three people who do not meet every day. Sheets made before open the archive no more.

    \b
    Example:  tumen --archive ~/archive keys shares --to /dev/shm/sheets
    """
    from tumen import disk
    from tumen.archive import keys as archive_keys
    from tumen.archive import recovery
    from tumen.archive import shares as archive_shares

    archive = session.open()
    if to.exists():
        raise Failed(f"{to} is there already; name a new folder.", 2)
    made = archive_shares.make()
    disk.make_folder(to)
    for number, page in enumerate(recovery.sheets(made, archive.key.archive, LANGUAGES[language]), 1):
        write_secret(to / f"sheet-{number}.html", page.encode())
    click.echo(f"Print the {archive_shares.SHEETS} pages in {to}, each for one person, then remove that folder.")
    if not unread:
        click.echo("Have the printed sheets at hand: the new ones count when one word of each was read from them.")
        for number, words in enumerate(made.sheets, 1):
            _ask_for_a_word(number, words)
    archive_keys.replace_shares(archive.folder, archive.key, made.secret, made.label)
    click.echo(f"Set {made.label} opens the archive from now on; sheets made before do not.")


@keys.command()
@sheet_files
@new_passphrase_file
@pass_session
def recover(session: Session, sheets: tuple[Path, ...], new_passphrase_file: Path | None) -> None:
    """Open the archive with two recovery sheets and give it a new passphrase.

    \b
    Example:  tumen --archive ~/archive keys recover
    """
    from tumen.archive import keys as archive_keys

    key = archive_keys.unlock(session.path, shared=_shared(sheets))
    click.echo("The sheets open the archive.")
    archive_keys.change_passphrase(session.path, key, _new_passphrase(new_passphrase_file))
    click.echo(f"The passphrase is changed. `tumen --archive {session.path} serve` opens it with the new one.")


@keys.command()
@pass_session
def rotate(session: Session) -> None:
    """Wrap every person's key under a new key, and destroy the old one. People can go on working.

    \b
    Example:  tumen --archive ~/archive keys rotate
    """
    session.open()
    from tumen.archive import rotation

    with progress("Wrapping keys", 0) as bar:
        done = rotation.rotate(telling(bar))
    click.echo(f"{done.keys} keys are under key {done.number} now; the former one is destroyed. Make a backup now.")


@keys.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--keys-from", type=click.Path(path_type=Path, file_okay=False), help="Where --keys-to put the keys.")
@sheet_files
def drill(source: Path, keys_from: Path | None, sheets: tuple[Path, ...]) -> None:
    """Prove that two sheets and the backup in SOURCE are enough: restore, open, read all, and remove it again.

    Do it once a year, on a computer that never held the archive.

    \b
    Example:  tumen keys drill /media/disk/tumen
    """
    from tumen.archive.setup import start_django

    shared = _shared(sheets)
    start_django()
    from tumen.archive import recovery

    done = recovery.drill(source, shared, keys_from, click.echo)
    if done.findings:
        raise Failed("The backup opens and is not whole: " + "; ".join(done.findings[:5]))
    click.echo(
        f"It works. Two sheets opened the backup of {done.moment}: {done.changes} changes and {done.objects} "
        f"originals were read in {done.seconds:.0f} seconds, all of them whole. Write the date on the sheets."
    )


def _new_passphrase(file: Path | None) -> str:
    if file is not None:
        return read_passphrase(file)
    answer: str = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    return answer


def _shared(files: tuple[Path, ...]) -> bytes:
    """Return what two sheets share, from files or as typed; a mistake in one is told at once and asked for again."""
    from tumen.archive import shares as archive_shares
    from tumen.archive.errors import WrongShares

    if files:
        if len(files) != archive_shares.NEEDED:
            raise click.UsageError(f"Give {archive_shares.NEEDED} sheets.")
        return archive_shares.combine([archive_shares.read(file.read_text("utf-8")) for file in files])
    typed: list[list[str]] = []
    tries = 0
    while len(typed) < archive_shares.NEEDED:
        words = click.prompt(f"The words of the {('first', 'second')[len(typed)]} sheet, in one line", err=True)
        try:
            typed.append(archive_shares.read(words))
        except WrongShares as error:
            tries += 1
            if tries == TRIES:
                raise
            click.echo(f"{error} Type it again.", err=True)
    return archive_shares.combine(typed)


def _ask_for_a_word(sheet: int, words: list[str]) -> None:
    place = secrets.randbelow(len(words))
    for _ in range(TRIES):
        if click.prompt(f"Sheet {sheet}, word {place + 1}", err=True).strip().lower() == words[place]:
            return
        click.echo("That is another word than the sheet should have there.", err=True)
    raise Failed("The sheets do not count, and those made before still do. Print them again.", 4)
