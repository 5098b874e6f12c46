"""`tumen consent`: what may be used of any question, and decisions from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tumen.archive.session import BAD_INPUT, Failed, Session, pass_session, print_json
from tumen.counting.commands import NOBODY, answered

if TYPE_CHECKING:
    from tumen.counting.queries.consent import ConsentPage


@click.group()
def consent() -> None:
    """What may be used, by whom and for what; decisions from a file.

    \b
    Example:  tumen --archive ~/archive consent report
    """


@consent.command()
@click.argument("spec", default="unit=acts")
@click.option("--purpose", help="Say why the others may not be used for this purpose (with --audience).")
@click.option("--audience", help="Say why the others may not be used by this audience (with --purpose).")
@click.option("--granularity", help="aggregate, coded, narrative or named.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_session
def report(
    session: Session, spec: str, purpose: str | None, audience: str | None, granularity: str | None, as_json: bool
) -> None:
    """Count for each purpose and audience how much of what SPEC asks for may be used.

    \b
    Example:  tumen --archive ~/archive consent report "unit=victims&sex=female"
              tumen --archive ~/archive consent report --purpose reporting --audience public
    """
    session.open()
    from dataclasses import replace

    from tumen.counting.queries import asking
    from tumen.counting.queries.consent import consent_page
    from tumen.guard.masks import SYSTEM

    if (purpose is None) != (audience is None):
        raise click.UsageError("Give --purpose and --audience together.")
    with answered():
        query = asking.parse(spec)
        if purpose is not None:
            query = replace(query, purpose=purpose, audience=audience)
        page = consent_page(replace(query, grain=granularity) if granularity else query, SYSTEM, NOBODY, "en")
    told = _told(page)
    if as_json:
        print_json(told)
        return
    click.echo(f"{page.total:,} {page.head.label}; may be used ({page.grain.lower()}):")
    width = max(len(label) for label, _cells in page.rows)
    for label, cells in page.rows:
        click.echo(f"  {label:<{width}}  " + "  ".join(f"{cell.count:>9,}" for cell in cells))
    click.echo(f"  {'':<{width}}  " + ", ".join(page.audiences))
    if purpose is not None:
        click.echo(f"{page.purpose} · {page.audience} · {page.grain}")
        for label, count in told["why"].items():
            click.echo(f"  {count:>9,}  {label}")


@consent.command("import")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Read and check everything, record nothing.")
@pass_session
def import_file(session: Session, file: Path, dry_run: bool) -> None:
    """Record the decisions in FILE (CSV, XLSX or JSON Lines), one a row: all of them, or none.

    Columns: source, subject (empty for the teller), form, date, state, purposes, audiences, granularity, starts, ends,
    guardian, words. Several codes in a cell are parted by ";", "*" stands for all.

    \b
    Example:  tumen --archive ~/archive consent import decisions.csv --dry-run
    """
    session.open()
    from tumen import formats
    from tumen.archive.changes import change
    from tumen.coding.services import consent_files

    class _Tried(Exception):
        """A dry run has seen all it wanted to see."""

    count = 0
    try:
        with answered(), change(NOBODY, "consent decisions from a file") as c:
            with file.open("rb") as opened:
                rows = formats.get(file.suffix.lstrip(".").lower()).read(opened, name=file.name)
                count = len(consent_files.record_rows(c, ((row.number, row) for row in rows)))
            if dry_run:
                raise _Tried
    except _Tried:
        click.echo(f"{count:,} decisions can be recorded; nothing was.")
        return
    except consent_files.BadRows as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise Failed(f"{len(error.problems)} problems; nothing was recorded.", BAD_INPUT) from error
    click.echo(f"{count:,} decisions recorded.")


def _told(page: ConsentPage) -> dict[str, Any]:
    why = {page.usable.label: page.usable.count, **{reason.label: reason.count for reason in page.reasons}}
    if page.otherwise:
        why["told otherwise by what may be used"] = page.otherwise
    return {
        "question": page.address,
        "unit": page.query.unit,
        "total": page.total,
        "granularity": page.query.grain,
        "usable": {
            label: dict(zip(page.audiences, [cell.count for cell in cells], strict=True)) for label, cells in page.rows
        },
        "why": why,
    }
