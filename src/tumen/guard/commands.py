"""`tumen user`: accounts and roles, on the word of whoever holds the passphrase."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tumen.archive.session import BAD_INPUT, Failed, Session, pass_session, print_json, read_passphrase

if TYPE_CHECKING:
    from tumen.guard.models import Compartment, User

ACTOR = 0  # the archive itself: the passphrase was the permission


@click.group()
def user() -> None:
    """Accounts and roles: list, add, give, take, close, open.

    \b
    Example:  tumen --archive ~/archive user add mina --password-file p.txt
              tumen --archive ~/archive user give mina coder --compartment main
    """


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@pass_session
def list_users(session: Session, as_json: bool) -> None:
    """List users and their roles.

    \b
    Example:  tumen --archive ~/archive user list
    """
    session.open()
    from tumen.guard import queries

    people = queries.people()
    if as_json:
        print_json(
            [
                {
                    "user": person.user.username,
                    "closed": not person.user.is_active,
                    "roles": [[one.role, one.compartment.code if one.compartment else ""] for one in person.roles],
                }
                for person in people
            ]
        )
        return
    for person in people:
        roles = [one.role + (f" ({one.compartment.code})" if one.compartment else "") for one in person.roles]
        closed = "" if person.user.is_active else " (closed)"
        click.echo(f"{person.user.username}{closed}: {', '.join(roles) or 'no role'}")


@user.command("add")
@click.argument("name")
@click.option(
    "--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Without it, Tumen asks."
)
@pass_session
def add_user(session: Session, name: str, password_file: Path | None) -> None:
    """Make an account NAME; it sees nothing until it is given a role.

    \b
    Example:  tumen --archive ~/archive user add mina --password-file p.txt
    """
    session.open()
    from django.core.exceptions import ValidationError

    from tumen.archive.changes import change
    from tumen.guard import services

    if password_file is not None:
        password = read_passphrase(password_file)
    elif os.isatty(0):
        password = click.prompt(f"Password of {name}", hide_input=True, confirmation_prompt=True, err=True)
    else:
        raise click.UsageError(f"Give the password of {name} in a file: --password-file.")
    try:
        with change(ACTOR, "account made", kind="access") as c:
            services.open_account(c, name, password, one_time=False)
    except ValidationError as error:
        raise Failed(" ".join(error.messages), BAD_INPUT) from error
    click.echo(f"{name} can log in, and sees nothing until given a role: tumen user give {name} ROLE")


@user.command()
@click.argument("name")
@click.argument("role")
@click.option("--compartment", help="Where, by code; not needed for roles of the whole archive.")
@pass_session
def give(session: Session, name: str, role: str, compartment: str | None) -> None:
    """Give the user NAME a ROLE: administrator, auditor, or in a compartment investigator, coder, checker ...

    \b
    Example:  tumen --archive ~/archive user give mina coder --compartment main
    """
    session.open()
    from tumen.archive.changes import change
    from tumen.guard import services

    found, place = _user(name), _compartment(compartment)
    with change(ACTOR, "role given", kind="access") as c:
        services.appoint(c, found, place, role)


@user.command()
@click.argument("name")
@click.argument("role")
@click.option("--compartment", help="Where, by code.")
@pass_session
def take(session: Session, name: str, role: str, compartment: str | None) -> None:
    """Take a ROLE back from the user NAME.

    \b
    Example:  tumen --archive ~/archive user take mina coder --compartment main
    """
    session.open()
    from tumen.archive.changes import change
    from tumen.guard import queries, services

    person, place = queries.person(_user(name).pk), _compartment(compartment)
    held = [one for one in person.roles if one.role == role and one.compartment == place] if person else []
    if not held:
        raise Failed(f"{name} does not have the role {role} there.", BAD_INPUT)
    with change(ACTOR, "role taken back", kind="access") as c:
        services.withdraw(c, held[0])


@user.command()
@click.argument("name")
@pass_session
def close(session: Session, name: str) -> None:
    """Close the account NAME: logged out at once, what it did stays.

    \b
    Example:  tumen --archive ~/archive user close mina
    """
    session.open()
    from tumen.archive.changes import change
    from tumen.guard import services

    with change(ACTOR, "account closed for a while", kind="access") as c:
        services.suspend(c, _user(name))


@user.command("open")
@click.argument("name")
@pass_session
def open_again(session: Session, name: str) -> None:
    """Open the account NAME again, with the roles it had.

    \b
    Example:  tumen --archive ~/archive user open mina
    """
    session.open()
    from tumen.archive.changes import change
    from tumen.guard import services

    with change(ACTOR, "account opened again", kind="access") as c:
        services.readmit(c, _user(name))


def _user(name: str) -> User:
    from tumen.guard.models import User

    found = User.objects.filter(username=name).first()
    if found is None:
        raise Failed(f"There is no user {name!r}; `tumen user list` shows them.", BAD_INPUT)
    return found


def _compartment(code: str | None) -> Compartment | None:
    from tumen.guard import queries

    if code is None:
        return None
    known = {place.code: place for place in queries.compartments()}
    if code not in known:
        raise Failed(f"There is no compartment {code!r}. There are: {', '.join(known) or 'none'}.", BAD_INPUT)
    return known[code]
