"""`tumen erase`: a person becomes unreadable, on the word of whoever holds the passphrase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from tumen.archive.session import BAD_INPUT, Failed, Session, pass_session, print_json

if TYPE_CHECKING:
    from tumen.linking.reach import Value


@click.command()
@click.argument("party", type=int)
@click.option("--source", "sources", type=int, multiple=True, help="A source whose texts and originals go with her.")
@click.option("--mentions", is_flag=True, help="Also take away every note, title or file name there that names her.")
@click.option("--reason", required=True, help="Why; kept for good. No names.")
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would be done is shown.")
@click.option("--json", "as_json", is_flag=True, help="Print what is reached as JSON.")
@pass_session
def erase(
    session: Session, party: int, sources: tuple[int, ...], mentions: bool, reason: str, yes: bool, as_json: bool
) -> None:
    """Make a person unreadable for good: PARTY is the number of any of her records. Counts stay.

    Her names, features and accounts go in every record judged to be her, in all old versions, and so do the reasons
    that were typed for them and the attributions that name her. Texts and originals go only with the sources you list;
    what stays and names her is listed, look at it. Backups keep theirs until you delete them.

    \b
    Example:  tumen --archive ~/archive erase 1205 --source 980 --reason "asked for by the teller" --yes
    """
    session.open()
    from tumen.linking import erasure
    from tumen.linking.errors import CannotErase

    try:
        wanted = erasure.plan(party, sources, mentions)
    except CannotErase as error:
        raise Failed(str(error), BAD_INPUT) from error
    destroyed = erasure.erase(0, wanted, reason) if yes else None
    if as_json:
        print_json({**asdict(wanted), "keys_destroyed": destroyed})
        return
    for label, listed in (
        ("Records of the person", wanted.parties),
        ("Sources whose texts and originals go", wanted.sources),
        ("Values under other keys that are taken away", _told(wanted.values)),
        ("Typed reasons that go", [str(len(wanted.reasons))]),
        ("STAYS READABLE: sources that speak of her and are not listed", wanted.speaking),
        ("STAYS READABLE, names her (take away with --mentions)", _told(wanted.mentions)),
        ("STAYS READABLE: once put down to her, now to somebody else", wanted.once),
    ):
        click.echo(f"{label}: {', '.join(map(str, listed)) or 'none'}")
    if destroyed is None:
        click.echo(f"Nothing was done. With --yes up to {len(wanted.owners)} keys are destroyed, for good.")
    else:
        click.echo(f"Erased: {destroyed} keys destroyed. Now make a new backup and delete the old ones.")


def _told(values: Iterable[Value]) -> list[str]:
    return sorted({f"{value.record} {value.field}" for value in values})
