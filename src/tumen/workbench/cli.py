"""`tumen`: the commands of every app under one name, each loaded only when it is called."""

from __future__ import annotations

import os
import resource
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from tumen import __version__
from tumen.archive.session import ARCHIVE_VARIABLE, PASSPHRASE_FILE_VARIABLE, Session, told

COMMANDS = {
    "init": "tumen.workbench.commands",
    "demo": "tumen.workbench.commands",
    "serve": "tumen.workbench.commands",
    "add": "tumen.sources.commands",
    "search": "tumen.counting.commands",
    "table": "tumen.counting.commands",
    "export": "tumen.counting.commands",
    "user": "tumen.guard.commands",
    "consent": "tumen.counting.consent_commands",
    "estimate": "tumen.workbench.estimating",
    "erase": "tumen.linking.commands",
    "backup": "tumen.archive.commands",
    "restore": "tumen.archive.commands",
    "check": "tumen.archive.commands",
    "repair": "tumen.sources.commands",
    "index": "tumen.sources.commands",
    "keys": "tumen.archive.key_commands",
    "verify": "tumen.archive.log.commands",
    "custody": "tumen.archive.log.commands",
    "bag": "tumen.coding.bags.commands",
}


class Lazy(click.Group):
    """A group that imports a command's module when the command is asked for, so that `--help` stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import and return one command."""
        if name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[name]), name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; failures of the archive become one line and an exit code."""
        with told():
            return super().invoke(ctx)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tumen")
@click.option("--archive", type=click.Path(path_type=Path), envvar=ARCHIVE_VARIABLE, help="The archive's folder.")
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar=PASSPHRASE_FILE_VARIABLE,
    help="A file that holds the passphrase. Without it, Tumen asks.",
)
@click.option("--key-file", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="Open with a key file.")
@click.pass_context
def main(ctx: click.Context, archive: Path | None, passphrase_file: Path | None, key_file: Path | None) -> None:
    """Tumen, a documentation database for human-rights groups.

    \b
    Example:  tumen --archive ~/archive add interviews/*.docx
              tumen --archive ~/archive search 강제송환
    """
    # Whatever the command: once the archive is open its key is in memory.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # What it writes, archives and exports alike, is for this account alone until somebody says otherwise.
    os.umask(0o077)
    ctx.obj = Session(archive, passphrase_file, key_file)
