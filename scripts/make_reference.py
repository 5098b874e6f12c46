"""Write the pages of docs/reference that are made from the code: the command, its errors, the fields of a query."""

from __future__ import annotations

import inspect
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference"
MADE = "<!-- Made by `make docs` from the code; edit that. -->"


def command_page() -> str:
    """Return the help of every command."""
    return "\n".join(
        [
            f"# The command\n\n{MADE}\n",
            "The passphrase is asked for, or read from a file that `--passphrase-file` or `TUMEN_PASSPHRASE_FILE` "
            "names; it never\nstands in an argument or in the value of a variable. `--archive` can be given as "
            "`TUMEN_ARCHIVE`. Progress goes to\nstandard error, data to standard output.\n",
            "| exit code | means |\n| --- | --- |",
            "| 0 | done |",
            "| 1 | something was found, or could not be done; the message says what |",
            "| 2 | the command was called wrongly |",
            "| 3 | no archive there, or it does not open with this passphrase or key file |",
            "| 4 | some of the input could not be taken in; the rest was |",
            "| 5 | the disk is full; nothing of what was being written was kept |",
            "| 130 | interrupted |\n",
            *(f"## {' '.join(words)}\n\n```\n{_help(words[1:])}```\n" for words in commands()),
        ]
    )


def commands() -> Iterator[tuple[str, ...]]:
    """Yield the words of every command."""
    from tumen.workbench.cli import COMMANDS, main

    yield ("tumen",)
    for name in COMMANDS:
        yield "tumen", name
        command = main.get_command(click.Context(main), name)
        if isinstance(command, click.Group):
            yield from (("tumen", name, part) for part in command.commands)


def _help(words: tuple[str, ...]) -> str:
    from tumen.workbench.cli import main

    return CliRunner().invoke(main, [*words, "--help"], prog_name="tumen", terminal_width=100).output


def errors_page() -> str:
    """Return every failure of an archive and how it arises."""
    from tumen.archive import errors

    rows = [
        f"| `{name}` | {_one_line(found)} |"
        for name, found in vars(errors).items()
        if inspect.isclass(found) and found is not errors.ArchiveError
    ]
    head = "All are `tumen.archive.errors.ArchiveError`. Their messages say what, where and what to do.\n"
    title = f"# What can go wrong with an archive\n\n{MADE}\n"
    return "\n".join([title, head, "| class | arises when |", "| --- | --- |", *rows, ""])


def _one_line(documented: object) -> str:
    return re.sub(r"\s+", " ", inspect.getdoc(documented) or "").strip()


def fields_page() -> str:
    """Return the units and fields that a query knows; an archive with the shipped vocabularies must be open."""
    from tumen.counting.fields import UNIT_LABELS, schema

    parts = [
        f"# Units and fields of a query\n\n{MADE}\n",
        "What can follow `unit=`, and the fields that each kind of row is filtered, listed and counted by. "
        "[query.md](query.md) says\nhow a query is written and what a count means.\n",
    ]
    for frame, (fields, units) in schema().frames.items():
        parts.append(f"## {frame.capitalize()}\n")
        parts.append("Units: " + ", ".join(f"`{unit.name}` ({UNIT_LABELS[unit.name]})" for unit in units) + ".\n")
        parts.append("| field | kind | what it holds | classes |\n| --- | --- | --- | --- |")
        for field in fields:
            label = schema().words.get((frame, field.name), field.label_key)
            classes = ", ".join(f"`{scheme.name}`" for scheme in field.schemes)
            parts.append(f"| `{field.name}` | {field.kind.value} | {label} | {classes} |")
        parts.append("")
    return "\n".join(parts)


SHOWN_TO = {"": "whoever sees the record", "narrative": "who may read testimony", "identity": "who may read identities",
            "notes": "who may read the office's notes"}  # fmt: skip


def sealed_page() -> str:
    """Return which columns are sealed under whose key, and which are plain and why."""
    from django.apps import apps

    from tumen.archive.sealed import SealedField
    from tumen.guard import plain

    rows = [
        f"| `{model._meta.label_lower}.{field.name}` | `{field.owner}` | {SHOWN_TO[field.shows]} |"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]
    parts = [
        f"# What is sealed, and what is not\n\n{MADE}\n",
        "Everything is encrypted at rest. A sealed value is encrypted once more, under a key of its owner; with that "
        "key it goes\nfrom the live row, from every old version and from every copy of them. "
        "[Making a person unreadable](../guide/keys-and-backup.md)\nsays what an erasure reaches.\n",
        "## Sealed\n",
        "The owner is the record that the column names: the record itself (`id`), its party, victim, coding or "
        "source.\n",
        "| column | owner | shown to |\n| --- | --- | --- |",
        *rows,
        "",
    ]
    for title, group in (
        ("Plain, though people type it", plain.TYPED),
        ("Plain: codes", plain.CODED),
        ("Plain: made by the program", plain.MADE_BY_THE_PROGRAM),
    ):
        parts += [f"## {title}\n", "| column | reason |\n| --- | --- |"]
        parts += [f"| `{name}` | {reason} |" for name, reason in group.items()]
        parts.append("")
    parts += ["Codes of claims, whose forms take nothing else, are plain as well: see [coding.md](coding.md).", ""]
    return "\n".join(parts)


ROLES_PAGE = """# Roles

{made}

An administrator gives roles under *Users and roles* in the menu of her name, or whoever holds the passphrase by
`tumen user give NAME ROLE --compartment CODE`. Without a role nobody sees anything.

- A role stands in **one compartment** and opens nothing in another. Administrators and auditors stand in the whole
  archive, and see no case.
- Somebody can have **several roles**; she may do what any of them may, where it stands.
- Nobody **checks what she coded**: not a coding that she began, nor one of which she wrote a claim.
- Nobody gives **herself** a role, and the last administrator stays until there is another.
- **Testimony names people.** Until a person has reviewed the names in a text, reading and searching it takes the
  permission to open names too. Roles without that see its coded facts.
- **A place** finer than a role is told is shown, counted and exported as the county, province or country around it.
- Taking a role back, or closing an account, works at the next click; what was done stays under its name.

A page that needs a permission you lack says which, which roles have it, and who can give it.

## Who may do what

{table}

## The permissions

{permissions}
"""


def roles_page() -> str:
    """Return the table of roles and permissions."""
    from tumen.guard import permissions
    from tumen.guard.models import Membership
    from tumen.guard.permissions import Permission

    roles = permissions.ROLES

    head = [Membership.Role(name).label for name in roles]
    rows = [["", *map(str, head)], ["---"] * (len(head) + 1)]
    rows.append(["stands in", *("the archive" if role.whole_archive else "a compartment" for role in roles.values())])
    rows += [
        [f"`{each.value}`", *("yes" if each in role.permissions else "" for role in roles.values())]
        for each in Permission
    ]
    finest = ("" if role.whole_archive else role.finest.value for role in roles.values())
    rows.append(["finest place", *finest])
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    listed = "\n".join(f"| `{each.value}` | {each.label} |" for each in Permission)
    meant = f"| permission | to |\n| --- | --- |\n{listed}"
    return ROLES_PAGE.format(made=MADE, table=table, permissions=meant)


def pages() -> dict[str, str]:
    """Return every made page by its file name."""
    return {"command.md": command_page(), "errors.md": errors_page(), "fields.md": fields_page(),
            "sealed.md": sealed_page(), "../guide/roles.md": roles_page()}  # fmt: skip


def main() -> None:
    """Write the pages."""
    from tumen.archive import folder, setup

    with tempfile.TemporaryDirectory() as place:
        setup.create(Path(place) / "archive", setup.new_passphrase())
        from tumen.workbench.services import furnish

        furnish("nobody", setup.new_passphrase())
        for name, text in pages().items():
            (PAGES / name).write_text(text, "utf-8")
        folder.close()
    sys.stderr.write("written: docs/reference/{command,errors,fields,sealed}.md, docs/guide/roles.md\n")


if __name__ == "__main__":
    main()
