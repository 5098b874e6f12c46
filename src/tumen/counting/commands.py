"""`tumen search`, `tumen table`, `tumen export`: the questions of the pages, as who holds the passphrase sees them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tumen.archive.session import BAD_INPUT, Failed, Session, new_file, pass_session, print_json

NOBODY = 0
"""The user of the command line: the archive itself."""


@contextmanager
def answered() -> Iterator[None]:
    """Turn what is wrong with a question into one line and an exit code."""
    from tumen.columns import BadQuery, TableTooLarge, UnknownRun
    from tumen.counting.errors import CountingError
    from tumen.formats import FormatError
    from tumen.text import OnlyExclusions

    try:
        yield
    except (BadQuery, TableTooLarge, UnknownRun, CountingError, FormatError, OnlyExclusions) as error:
        raise Failed(str(error), BAD_INPUT) from error


@click.command()
@click.argument("text")
@click.option("--unit", type=click.Choice(["acts", "sources", "persons", "figures"]), help="Only these.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1), help="How many are printed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_session
def search(session: Session, text: str, unit: str | None, limit: int, as_json: bool) -> None:
    """Find TEXT in the texts of sources and in the passages of acts; exit code 1 when nothing was found.

    \b
    Example:  tumen --archive ~/archive search 강제송환 --json
    """
    if not text.strip():
        raise Failed("Say what to look for.", BAD_INPUT)
    session.open()
    from tumen.counting.queries import finding
    from tumen.guard.masks import SYSTEM

    with answered():
        total, results = finding.find(text, (unit,) if unit else ("sources", "acts"), SYSTEM, "en", limit)
    if as_json:
        print_json({"total": total, "results": [asdict(found) for found in results]})
    else:
        for found in results:
            click.echo(f"{found.kind} {found.id}  {found.title}")
            if found.snippet:
                click.echo(f"    {found.snippet}")
        click.echo(f"{total:,} found" + (f", {len(results)} shown" if len(results) < total else ""))
    if not total:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("spec")
@click.option("--json", "form", flag_value="json", help="Print JSON.")
@click.option("--csv", "form", flag_value="csv", help="Print CSV.")
@pass_session
def table(session: Session, spec: str, form: str | None) -> None:
    """Count by one to three dimensions: SPEC is T1 to T8, or a question with dims and, if shares are wanted, show.

    \b
    Example:  tumen --archive ~/archive table T4
              tumen --archive ~/archive table "unit=victims&sex=female&dims=type:1,period:decade&show=row" --csv
    """
    session.open()
    from tumen.counting.queries import asking, definitions, exporting
    from tumen.guard.masks import SYSTEM

    with answered():
        ready = definitions.ready().get(spec.upper())
        if ready is not None and ready.totals:
            _print_totals(ready.label("en"), form)
            return
        if ready is None and "=" not in spec:
            names = ", ".join(definitions.ready())
            raise Failed(f"There is no ready table {spec!r}. Name {names}, or ask with unit= and dims=.", BAD_INPUT)
        asked = asking.parse_table(ready.table if ready else spec)
        if not asked.dims:
            raise Failed("Say what to count by, such as dims=type:1,period:decade, or name T1 to T8.", BAD_INPUT)
        export = exporting.table_export(asked, SYSTEM, NOBODY, "en")
        if form == "csv":
            export.write("csv", sys.stdout.buffer)
        elif form == "json":
            print_json(_table_json(asked))
        else:
            _print_rows(export.columns, [dict(row) for row in export.rows])
            for fact, value in export.about.items():
                click.echo(f"{fact}: {value}")


@click.command()
@click.argument("spec")
@click.option("--format", "form", type=click.Choice(["csv", "xlsx", "jsonl"]), default="csv", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@pass_session
def export(session: Session, spec: str, form: str, out: Path) -> None:
    """Write the list (or, with dims or T2 to T8, the table) that SPEC asks for to a file, with nothing cut off.

    \b
    Example:  tumen --archive ~/archive export "unit=acts&type=liberty.detention&period=2000/2009" --out acts.csv
              tumen --archive ~/archive export "unit=acts&purpose=reporting&audience=public" --out release.csv
    """
    session.open()
    from tumen.counting.queries import asking, definitions, exporting
    from tumen.guard.audit import Kind, note
    from tumen.guard.masks import SYSTEM

    with answered():
        ready = definitions.ready().get(spec.upper())
        if ready is not None and ready.totals:
            raise Failed(f"{spec} is of totals: tumen table {spec} --csv writes it.", BAD_INPUT)
        spec = ready.table if ready else spec
        if "dims=" in spec:
            made = exporting.table_export(asking.parse_table(spec), SYSTEM, NOBODY, "en")
        else:
            made = exporting.list_export(asking.parse(spec), SYSTEM, NOBODY, "en", form)
        note(Kind.EXPORT, NOBODY, what=f"{made.name} {form}", count=made.count)
        with new_file(out) as file:
            made.write(form, file)
    click.echo(f"Written: {out}")


def _table_json(asked: Any) -> dict[str, Any]:
    """A table as data: headers with their keys, counts with totals last, what stands beside, what has to be said."""
    from tumen.counting.queries import exporting, tables
    from tumen.counting.queries.labels import Labels
    from tumen.guard.masks import SYSTEM

    found = tables.counted(asked, SYSTEM, NOBODY)
    labels = Labels("en", asked.query.unit)
    data = {
        "table": asked.to_text(),
        "title": tables.title(asked, labels),
        "unit": asked.query.unit,
        "dims": [str(dim) for dim in found.dims],
        "headers": [
            [
                {"key": header.key, "kind": header.kind.value, "label": label}
                for header, label in zip(headers, labels.axis(headers), strict=True)
            ]
            for headers in found.headers
        ],
        "counts": found.counts.tolist(),
        "shares": {
            of: found.percent(of).round(4).tolist() for of in exporting.SHARES[1 if len(found.dims) == 1 else 0 :]
        },
        "values": ["multiple response" if several else "principal value" for several in found.multiple],
        "left_out": found.left_out,
        "total": found.total,
        "unknown": list(found.unknown),
        "overlap": found.overlap,
        "rules": tables.rules_of(found, labels),
        "hidden": found.hidden,
    }
    if found.beside is not None:
        data["beside"] = {
            "unit": found.beside.unit,
            "counts": found.beside.counts.tolist(),
            "low": found.beside.low.tolist(),
            "high": found.beside.high.tolist(),
            "low_unknown": found.beside.low_unknown.tolist(),
            "high_unknown": found.beside.high_unknown.tolist(),
        }
    about = exporting.table_export(asked, SYSTEM, NOBODY, "en").about
    return {**data, "about": about}


def _print_totals(title: str, form: str | None) -> None:
    from tumen.counting.queries import asking, totals
    from tumen.guard.masks import SYSTEM

    page = totals.totals_page(asking.parse("unit=acts"), "", SYSTEM, "en")
    if form == "json":
        rows = [{"unit": row.unit, "label": row.label, "total": row.count} for row in page.rows]
        print_json({"title": title, "resolution": page.head.resolution, "totals": rows})
        return
    listed: list[dict[str, Any]] = [{"Unit": row.label, "Total": row.count} for row in page.rows]
    if form == "csv":
        from tumen import formats

        formats.get("csv").write(listed, sys.stdout.buffer, ("Unit", "Total"))
        return
    click.echo(f"{title} ({page.head.resolution})")
    _print_rows(("Unit", "Total"), listed)


def _print_rows(columns: tuple[str, ...], rows: Sequence[Mapping[str, Any]]) -> None:
    """Print rows under their columns, numbers to the right; wide characters count as two."""
    from unicodedata import east_asian_width

    def width(text: str) -> int:
        return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)

    texts = [
        [f"{row[c]:,}" if isinstance(row[c], int) else "" if row[c] is None else str(row[c]) for c in columns]
        for row in rows
    ]
    widths = [max(map(width, column)) for column in zip(columns, *texts, strict=True)]
    for number, line in enumerate([list(columns), *texts]):
        cells = []
        for place, cell in enumerate(line):
            space = " " * (widths[place] - width(cell))
            isnumber = isinstance(rows[0][columns[place]], (int, float)) if rows else False
            cells.append(space + cell if isnumber else cell + space)
        click.echo("  ".join(cells).rstrip())
        if not number:
            click.echo("  ".join("-" * each for each in widths))
