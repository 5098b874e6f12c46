"""`tumen backup`, `tumen restore` and `tumen check`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tumen.archive.session import FOUND, Session, pass_session, print_json, progress, telling

KEYS_TO = "A folder of its own for the identity keys, whose copies should be short-lived."
WINDOW = "Days that moments from before an erasure are still kept."


@click.command()
@click.argument("to", type=click.Path(path_type=Path, file_okay=False))
@click.option("--keys-to", type=click.Path(path_type=Path, file_okay=False), help=KEYS_TO)
@click.option("--daily", type=click.IntRange(0), default=7, show_default=True, help="Days whose last moment is kept.")
@click.option("--weekly", type=click.IntRange(0), default=4, show_default=True, help="Weeks whose last moment is kept.")
@click.option("--monthly", type=click.IntRange(0), default=12, show_default=True, help="Months, likewise.")
@click.option("--window", type=click.IntRange(0), default=30, show_default=True, help=WINDOW)
@click.option("--despite-damage", is_flag=True, help="Keep a copy of a damaged archive as it is, in a new folder.")
@click.option("--list", "only_list", is_flag=True, help="List the moments that TO holds; needs no archive.")
@click.option("--json", "as_json", is_flag=True, help="Print what the backup holds as JSON.")
@pass_session
def backup(
    session: Session,
    to: Path,
    keys_to: Path | None,
    daily: int,
    weekly: int,
    monthly: int,
    window: int,
    despite_damage: bool,
    only_list: bool,
    as_json: bool,
) -> None:
    """Add a copy of the archive as it is now to the folder TO, and prove it by restoring it to a temporary place.

    People can go on working. Only what is new is written. The copy stays encrypted and opens with today's passphrase.
    Moments that are older than the last erasure go when its window has passed.

    \b
    Example:  tumen --archive ~/archive backup /media/disk/tumen
              tumen --archive ~/archive backup /media/disk/tumen --keys-to /media/stick/tumen-keys
              tumen backup /media/disk/tumen --list
    """
    from tumen.archive import setup

    if only_list:
        setup.start_django()
    else:
        session.open()
    from tumen.archive import backup as backups

    if only_list:
        held = backups.held(to)
        if as_json:
            print_json([asdict(one) for one in held])
        for one in held if not as_json else ():
            damage = f"; damaged: {one.findings[0]}" if one.findings else ""
            click.echo(f"{one.moment}: up to change {one.newest}, {one.objects} originals{damage}")
        return
    with progress("Copying originals", 0) as bar:
        keeping = backups.Keeping(daily, weekly, monthly, window)
        made = backups.backup(to, keys_to, telling(bar), despite_damage, keeping)
    if as_json:
        print_json(asdict(made))
    else:
        click.echo(
            f"The backup of {made.moment} is in {to}: {made.objects} originals, {made.copied} of them new, and "
            f"{made.written / 1e6:.1f} MB of rows that changed. It was restored to a temporary place and read through."
        )


@click.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("to", type=click.Path(path_type=Path))
@click.option("--at", help="The moment to restore, or how its name begins (20261124); the last one when left out.")
@click.option("--keys-from", type=click.Path(path_type=Path, file_okay=False), help="Where --keys-to put the keys.")
@click.option("--json", "as_json", is_flag=True, help="Print what the backup holds as JSON.")
def restore(source: Path, to: Path, at: str | None, keys_from: Path | None, as_json: bool) -> None:
    """Make an archive in the new folder TO from the backup in SOURCE; it opens with the passphrase of that time.

    \b
    Example:  tumen restore /media/disk/tumen ~/archive
              tumen restore /media/disk/tumen ~/archive-in-october --at 202610
              tumen --archive ~/archive check --deep
    """
    from tumen.archive.setup import start_django

    start_django()
    from tumen.archive import backup as backups

    described = backups.restore(source, to, keys_from, at)
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
