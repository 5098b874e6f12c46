"""`tumen backup`, `tumen restore` and `tumen check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tumen.archive.session import FOUND, Session, pass_session, print_json, progress, telling

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
        made = backups.backup(to, keys_to, telling(bar), despite_damage)
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
