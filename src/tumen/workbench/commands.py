"""`tumen init`, `tumen demo`, `tumen serve`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from tumen.archive.errors import AlreadyThere
from tumen.archive.session import INTERRUPTED, Failed, Session, pass_session, progress, read_passphrase, write_secret

# Below, quotas of the published shares cannot hold; above, ids reserved for each kind of record would not do.
MIN_ACTS, MAX_ACTS = 500, 3_000_000


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--user", default="admin", show_default=True, help="Login name of the first user.")
@click.option(
    "--password-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file that holds that user's password. Without it, Tumen asks.",
)
@click.option("--pack", default=0, show_default=True, help="Number of this copy among those of one group, 0 to 4095.")
@pass_session
def init(session: Session, directory: Path, user: str, password_file: Path | None, pack: int) -> None:
    """Make a new, empty archive in DIRECTORY, with the shipped vocabularies and one user.

    \b
    Example:  tumen init ~/archive
    """
    from tumen.archive import setup

    passphrase = session.passphrase(confirm=True)
    if password_file is not None:
        password = read_passphrase(password_file)
    elif not os.isatty(0):
        raise click.UsageError(f"Give the password of {user} in a file: --password-file.")
    else:
        password = click.prompt(f"Password of {user}", hide_input=True, confirmation_prompt=True, err=True)
    setup.create(directory, passphrase, pack)
    from tumen.workbench import services

    services.furnish(user, password)
    click.echo(f"The archive is in {directory}. `tumen --archive {directory} serve` opens it.")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option(
    "--acts",
    type=click.IntRange(MIN_ACTS, MAX_ACTS),
    default=87_317,
    show_default=True,
    help="Resolved acts, at least 500.",
)
@click.option("--seed", default=2024, show_default=True, help="The same seed makes the same archive.")
@click.option("--truth/--no-truth", default=True, help="Also write truth.npz, to score linking and estimation with.")
@click.option(
    "--write-passphrase", type=click.Path(path_type=Path, dir_okay=False), help="Make a passphrase, keep it here."
)
@pass_session
def demo(session: Session, directory: Path, acts: int, seed: int, truth: bool, write_passphrase: Path | None) -> None:
    """Make a fictional demonstration archive in DIRECTORY; login demo, password fictional-demo.

    \b
    Example:  tumen demo ~/demo --acts 2000
    """
    from tumen.archive import setup

    if write_passphrase is not None:
        passphrase = setup.new_passphrase()
        write_secret(write_passphrase, f"{passphrase}\n".encode())
    else:
        passphrase = session.passphrase(confirm=True)
    try:
        setup.create(directory, passphrase)
    except AlreadyThere:
        if write_passphrase is not None:
            write_passphrase.unlink()  # it opens nothing
        raise
    from tumen.workbench import demo as demonstration

    half = f"The archive in {directory} is not whole. Remove it and make it again."
    try:
        _fill(directory, acts, seed, truth)
    except demonstration.GenerationFailed as error:
        raise Failed(f"{error}\n{half}") from error
    except KeyboardInterrupt as error:
        raise Failed(f"\nInterrupted. {half}", INTERRUPTED) from error
    click.echo(f"The demonstration archive is in {directory}. Everything in it is fictional.")


def _fill(directory: Path, acts: int, seed: int, truth: bool) -> None:
    from tumen.counting.store import store
    from tumen.workbench import demo as demonstration
    from tumen.workbench import services

    services.furnish("demo", "fictional-demo")
    with progress("Writing fictional records", acts * 13) as bar:
        for done, expected in demonstration.fill(acts, seed, directory / demonstration.TRUTH if truth else None):
            bar.length = expected
            bar.update(done - bar.pos)
    store().warm()
    store().save()  # so that the first start is as quick as the next


@click.command()
@click.option(
    "--host", type=click.Choice(["127.0.0.1", "::1"]), default="127.0.0.1", show_default=True, help="Of this machine."
)
@click.option("--port", type=click.IntRange(1, 65535), default=8642, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True, help="Requests answered at once.")
@click.option(
    "--behind", metavar="URL", help="The https address at which a TLS proxy on this machine offers the workbench."
)
@pass_session
def serve(session: Session, host: str, port: int, threads: int, behind: str | None) -> None:
    """Open the archive and serve the workbench until Ctrl-C, to browsers on this machine only.

    Browsers on other machines come through a TLS proxy on this one, which passes Host on and sets X-Forwarded-Proto.

    \b
    Example:  tumen --archive ~/archive serve
              tumen --archive ~/archive serve --behind https://tumen.office.example
    """
    from tumen.workbench import proxy, server

    origin = proxy.https_origin(behind) if behind else None
    server.refuse_taken(host, port)
    session.open()
    if origin:
        proxy.serve_behind(origin)
    server.serve(host, port, threads)
