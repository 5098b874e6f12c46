"""`tumen bag`: what a lawyer hands to a court."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tumen.archive.session import BAD_INPUT, Failed, Session, pass_session, print_json

if TYPE_CHECKING:
    from tumen.coding.bags.gathering import Contents


@click.command()
@click.argument("sources", nargs=-1, required=True, type=int, metavar="SOURCE...")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--yes", is_flag=True, help="Write it. Without this, only what would be inside is shown.")
@click.option("--json", "as_json", is_flag=True, help="Print what is inside as JSON.")
@pass_session
def bag(session: Session, sources: tuple[int, ...], folder: Path, yes: bool, as_json: bool) -> None:
    """Write sources with their originals, texts, codings and history to the new folder DIR, provable to others.

    A third party checks it offline: with sha512sum, any BagIt tool, and the one file verify.py in it. The bag is NOT
    encrypted, and holds all that the sources tell, names included.

    \b
    Example:  tumen --archive ~/archive bag 980 981 /media/stick/exhibit-7
              tumen --archive ~/archive bag 980 981 /media/stick/exhibit-7 --yes
    """
    session.open()
    from tumen.archive.log import checkpoints
    from tumen.coding.bags import gathering, writing
    from tumen.custody import CustodyError
    from tumen.guard.masks import SYSTEM
    from tumen.sources.errors import NotVisible

    if folder.exists() or folder.is_symlink():
        raise Failed(f"{folder} is there already; name a new folder.", BAD_INPUT)
    try:
        listed = gathering.gather(SYSTEM, sources)
    except NotVisible as error:
        raise Failed(str(error), BAD_INPUT) from error
    found, erased = gathering.entries(listed)
    inside = [_inside(contents) for contents in listed]
    key = checkpoints.verifier().text
    if not as_json:
        _tell(inside, len(found), erased)
    others = []
    if yes:
        try:
            others = writing.write(0, SYSTEM, listed, folder)
        except CustodyError as error:
            raise Failed(f"The bag was not written: {error}") from error
    if as_json:
        print_json({"sources": inside, "entries": len(found), "erased": erased, "key": key, "written": yes})
    elif yes:
        signers = ", ".join(f"{one.by} ({one.at:%Y-%m-%d})" for one in others) or "nobody else yet"
        click.echo(f"Written: {folder}. Its checkpoint is signed by this archive and by: {signers}.")
        click.echo(f"Give this key to whoever checks, apart from the bag:\n{key}")
    else:
        click.echo("Nothing was written. With --yes it is.")


def _inside(contents: Contents) -> dict[str, Any]:
    return {
        "source": contents.source.pk,
        "originals": [{"path": path, "bytes": original.size} for path, original in contents.originals],
        "texts": [path for path, _text, _body in contents.texts],
        "records": {label: len(listed) for label, listed in sorted(contents.records.items())},
        "changes": len(contents.changes),
        "left_out": contents.left_out,
    }


def _tell(inside: list[dict[str, Any]], entries: int, erased: int) -> None:
    for one in inside:
        click.echo(f"Source {one['source']}, {one['changes']} changes")
        for original in one["originals"]:
            click.echo(f"  {original['path']}  {original['bytes']} bytes")
        for path in one["texts"]:
            click.echo(f"  {path}")
        records = ", ".join(f"{count} {label.partition('.')[2]}" for label, count in one["records"].items())
        click.echo(f"  sources/{one['source']}/records.json: {records}")
        for what in one["left_out"]:
            click.echo(f"  NOT IN THE BAG: {what}")
    click.echo(f"Entries of the log: {entries}" + (f"; {erased} more cannot be opened, erased" if erased else ""))
