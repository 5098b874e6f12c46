"""`tumen init`, `tumen serve`; `tumen demo` is assembled from the demonstration generator."""

from __future__ import annotations

from pathlib import Path

import click

from tumen.archive.session import Session, pass_session


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--user", default="admin", show_default=True, help="Login name of the first user.")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
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
        password = password_file.read_text("utf-8").strip("\r\n")
    else:
        password = click.prompt(f"Password of {user}", hide_input=True, confirmation_prompt=True, err=True)
    setup.create(directory, passphrase, pack)
    from tumen.workbench import services

    services.furnish(user, password)
    click.echo(f"The archive is in {directory}. `tumen --archive {directory} serve` opens it.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8642, show_default=True)
@click.option("--threads", default=4, show_default=True, help="Requests answered at once.")
@pass_session
def serve(session: Session, host: str, port: int, threads: int) -> None:
    """Open the archive and serve the workbench until Ctrl-C.

    \b
    Example:  tumen --archive ~/archive serve
    """
    from tumen.workbench import server

    session.open()
    server.serve(host, port, threads)
