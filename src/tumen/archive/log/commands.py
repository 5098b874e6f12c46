"""`tumen verify` and `tumen custody`: proving the archive's past, to oneself and to others."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from tumen.archive.session import BAD_INPUT, FOUND, Failed, Session, new_file, pass_session, print_json, progress

EXISTING = click.Path(path_type=Path, exists=True, dir_okay=False)
NEW = click.Path(path_type=Path, dir_okay=False)
FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was looked at and found as JSON.")
@pass_session
@click.pass_context
def verify(ctx: click.Context, session: Session, as_json: bool) -> None:
    """Recompute the custody log and rehash every original; exit code 1 when something does not hold.

    Says which change, original or checkpoint is damaged, missing or forged. Holds also after people were erased.

    \b
    Example:  tumen --archive ~/archive verify
    """
    session.open()
    from tumen.archive.log import replay

    with progress("Verifying", 0) as bar:

        def tell(what: str, done: int, total: int) -> None:
            if bar.label != what:
                bar.label, bar.pos, bar.finished = what, 0, False
            bar.length = total
            bar.update(done - bar.pos)

        report = replay.run(tell)
    replay.keep(report)
    if as_json:
        print_json(asdict(report))
    else:
        for found in report.findings:
            click.echo(f"{found.kind}: {found.what}. {found.advice[:1].upper()}{found.advice[1:]}.")
        click.echo(
            f"Entries: {report.entries}, of which erased: {report.erased}. Originals: {report.originals}. "
            f"Checkpoints: {report.checkpoints}, signatures of others: {report.attestations}."
        )
        click.echo("Everything holds." if not report.findings else f"DOES NOT HOLD: {len(report.findings)} findings.")
    ctx.exit(FOUND if report.findings else 0)


@click.group()
def custody() -> None:
    """The log that proves the archive's past: checkpoints, countersignatures, timestamps.

    \b
    Example:  tumen --archive ~/archive custody show
    """


@custody.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_session
def show(session: Session, as_json: bool) -> None:
    """Show the log's size and key, the last checkpoint, and who signed what.

    \b
    Example:  tumen --archive ~/archive custody show
    """
    session.open()
    from tumen.archive.log import standing

    now = standing.now()
    if as_json:
        print_json(asdict(now))
        return
    click.echo(f"Key, to be printed and handed out: {now.key}")
    click.echo(f"Entries: {now.entries}")
    if now.checkpoint is not None:
        click.echo(f"Last checkpoint: {now.checkpoint} of {now.day}, over {now.covered} entries")
    for one in now.attested:
        click.echo(f"{one.kind} by {one.by}, {one.at:%Y-%m-%d %H:%M} UTC, of checkpoint {one.checkpoint}")
    if not now.attested:
        click.echo("Nobody else has signed yet: `tumen custody checkpoint --request FILE` makes a file for that.")
    if now.verified is not None:
        held = "everything held" if not now.verified["findings"] else f"{now.verified['findings']} findings"
        click.echo(f"Last verified: {now.verified['at'][:16]} UTC, {held}")


@custody.command()
@click.option("--request", "to", type=NEW, help="Write the file for a second party to countersign, here.")
@click.option("--since", type=int, help="The size at which that party last signed; by default the last one known.")
@pass_session
def checkpoint(session: Session, to: Path | None, since: int | None) -> None:
    """Print a checkpoint over everything there is, made now if need be; with --request, write a file to countersign.

    \b
    Example:  tumen --archive ~/archive custody checkpoint --request /media/stick/checkpoint
    """
    session.open()
    from tumen.archive.log import attestations, checkpoints
    from tumen.custody import CustodyError

    signed = checkpoints.make(whole=True)
    if to is None:
        click.echo(signed.note.decode(), nl=False)
        return
    try:
        made = attestations.request(signed, attestations.countersigned_at() if since is None else since)
    except CustodyError as error:
        raise Failed(str(error), BAD_INPUT) from error
    with new_file(to) as file:
        file.write(made)
    click.echo(f"Written: {to}. The second party runs `tumen custody countersign` on it.")


@custody.command("follow")
@click.argument("folder", type=FOLDER)
@click.option("--name", required=True, help="What the second party is called, such as partner.example/tumen.")
@click.option("--log", "logs", multiple=True, required=True, help="The key of a log to follow, from `custody show`.")
def follow(folder: Path, name: str, logs: tuple[str, ...]) -> None:
    """Begin to follow another group's log: make a key and an empty memory in the new FOLDER. Needs no archive.

    Keep FOLDER: without it nobody can tell whether that log was rolled back. Prints the key to give to the other group.

    \b
    Example:  tumen custody follow ~/following --name partner.example --log tumen-archive/3f...+0a1b2c3d+AbC...
    """
    from tumen.archive.log import following
    from tumen.custody import CustodyError

    try:
        click.echo(following.begin(folder, name, logs))
    except (CustodyError, FileExistsError) as error:
        raise Failed(f"{folder}: {error}", BAD_INPUT) from error


@custody.command()
@click.argument("file", type=EXISTING)
@click.option("--folder", type=FOLDER, required=True, help="What `tumen custody follow` made.")
@click.option("--to", type=NEW, help="Where the countersigned checkpoint goes; FILE.signed when left out.")
def countersign(file: Path, folder: Path, to: Path | None) -> None:
    """Countersign another group's checkpoint, unless its log was rolled back or rewritten. Needs no archive.

    \b
    Example:  tumen custody countersign /media/stick/checkpoint --folder ~/following
    """
    from tumen.archive.log import following
    from tumen.custody import CustodyError, OldSizeDiffers

    try:
        signed = following.countersign(folder, file.read_bytes())
    except OldSizeDiffers as error:
        again = f"Ask for the file again, made with `--since {error.known}`."
        raise Failed(f"{error} {again}", BAD_INPUT) from error
    except (CustodyError, OSError) as error:
        raise Failed(f"NOT SIGNED: {error}") from error
    to = to or file.with_name(f"{file.name}.signed")
    with new_file(to) as written:
        written.write(signed)
    click.echo(f"Countersigned: {to}. The other group takes it in with `tumen custody import`.")


@custody.command("import")
@click.argument("file", type=EXISTING)
@click.option("--key", "keys", multiple=True, help="The second party's key; needed the first time.")
@pass_session
def take_in(session: Session, file: Path, keys: tuple[str, ...]) -> None:
    """Take a countersigned checkpoint back into the archive.

    \b
    Example:  tumen --archive ~/archive custody import /media/stick/checkpoint.signed --key partner.example+...
    """
    session.open()
    from tumen.archive.log import attestations
    from tumen.custody import CustodyError

    try:
        new = attestations.take_in(file.read_bytes(), keys)
    except CustodyError as error:
        raise Failed(f"{file}: {error}", BAD_INPUT) from error
    for one in new:
        click.echo(f"Checkpoint {one.checkpoint} is countersigned by {one.by}, {one.at:%Y-%m-%d %H:%M} UTC.")
    if not new:
        click.echo("These countersignatures are here already.")


@custody.command()
@click.option("--authority", metavar="URL", required=True, help="The time-stamping authority (RFC 3161) to ask.")
@click.option("--root", type=EXISTING, required=True, help="The authority's root certificate (PEM), from itself.")
@pass_session
def timestamp(session: Session, authority: str, root: Path) -> None:
    """Have an authority stamp the newest checkpoint: it sees a hash and this machine's address, nothing else.

    Done only when you call it, and only with the authority that you name.

    \b
    Example:  tumen --archive ~/archive custody timestamp --authority https://tsa.example/tsr --root tsa-root.pem
    """
    session.open()
    from tumen.archive.log import asking, checkpoints
    from tumen.custody import CustodyError

    signed = checkpoints.make(whole=True)
    try:
        got = asking.stamp(signed, authority, root.read_bytes())
    except (CustodyError, asking.NoAnswer) as error:
        raise Failed(str(error), BAD_INPUT) from error
    click.echo(f"Checkpoint {signed.number} existed at {got.at:%Y-%m-%d %H:%M:%S} UTC, says {got.by}.")
