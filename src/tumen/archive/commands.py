"""`tumen backup`, `tumen restore`, `tumen check` and `tumen keys`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tumen.archive.session import FOUND, Session, pass_session, print_json, progress, read_passphrase, write_secret

KEYS_TO = "A folder of its own for the identity keys, whose copies should be short-lived."


@click.command()
@click.argument("to", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keys-to", type=click.Path(path_type=Path, file_okay=False), help=KEYS_TO)
@click.option("--despite-damage", is_flag=True, help="Keep a copy of a damaged archive as it is, in a new folder.")
@click.option("--json", "as_json", is_flag=True, help="Print what the backup holds as JSON.")
@pass_session
def backup(session: Session, to: Path, keys_to: Path | None, despite_damage: bool, as_json: bool) -> None:
    """Write a checked copy of the archive to the folder TO, or bring the copy there up to date.

    People can go on working. The copy stays encrypted and opens with today's passphrase.

    \b
    Example:  tumen --archive ~/archive backup /media/disk/tumen
              tumen --archive ~/archive backup /media/disk/tumen --keys-to /media/stick/tumen-keys
    """
    session.open()
    from tumen.archive import backup as backups

    with progress("Copying originals", 0) as bar:

        def tell(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        made = backups.backup(to, keys_to, tell, despite_damage)
    if as_json:
        print_json(asdict(made))
    else:
        click.echo(f"The backup of {made.moment} is in {to}: {made.objects} originals, {made.copied} of them new.")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--keys-from", type=click.Path(path_type=Path, file_okay=False), help="Where --keys-to put the keys.")
@click.option("--json", "as_json", is_flag=True, help="Print what the backup holds as JSON.")
def restore(source: Path, to: Path, keys_from: Path | None, as_json: bool) -> None:
    """Make an archive in the new folder TO from the backup in SOURCE; it opens with the passphrase of that time.

    \b
    Example:  tumen restore /media/disk/tumen ~/archive
              tumen --archive ~/archive check --deep
    """
    from tumen.archive.setup import start_django

    start_django()
    from tumen.archive import backup as backups

    described = backups.restore(source, to, keys_from)
    if as_json:
        print_json(asdict(described))
    else:
        click.echo(
            f"The archive of {described.moment} is in {to}. `tumen --archive {to} check --deep` looks it through."
        )


@click.command()
@click.option("--deep", is_flag=True, help="Also recompute the digest of every change and rehash every original.")
@click.option("--drop", type=int, help="Take back what the unfinished bulk job of this number wrote.")
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON.")
@pass_session
@click.pass_context
def check(ctx: click.Context, session: Session, deep: bool, drop: int | None, as_json: bool) -> None:
    """Say whether the archive is whole; exit code 1 when something was found.

    \b
    Example:  tumen --archive ~/archive check --deep
    """
    session.open()
    from tumen.archive import check as checks
    from tumen.archive import undo

    if drop is not None:
        undo.drop_batch(0, drop)
    findings = list(checks.run(deep))
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            click.echo(f"{finding.kind}: {finding.what}. {finding.advice[:1].upper()}{finding.advice[1:]}.")
        if not findings:
            click.echo("The archive is whole.")
        for remark in checks.remarks():
            click.echo(remark)
    ctx.exit(FOUND if findings else 0)


@click.group()
def keys() -> None:
    """Change the passphrase, add a key file.

    \b
    Example:  tumen --archive ~/archive keys passphrase
    """


@keys.command()
@click.option(
    "--new-passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds the new passphrase. Without it, Tumen asks.",
)
@pass_session
def passphrase(session: Session, new_passphrase_file: Path | None) -> None:
    """Replace the passphrase; key files and everything in the archive stay as they are.

    \b
    Example:  tumen --archive ~/archive keys passphrase
    """
    from tumen.archive import keys as archive_keys

    archive = session.open()
    if new_passphrase_file is not None:
        new = read_passphrase(new_passphrase_file)
    else:
        new = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    archive_keys.change_passphrase(archive.folder, archive.key, new)
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
        archive_keys.add_key_file(archive.folder, archive.key, file)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    click.echo(f"Written: {path}")
