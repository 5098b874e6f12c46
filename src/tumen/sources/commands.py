"""`tumen add`: files and folders become sources; `tumen repair` and `tumen index` put right what was damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tumen.archive.session import (
    BAD_INPUT,
    FOUND,
    USAGE,
    Failed,
    Session,
    pass_session,
    print_json,
    progress,
    telling,
)

if TYPE_CHECKING:
    from tumen.guard.models import Compartment


@dataclass
class Report:
    """What became of every file, in the words of `--json`."""

    taken: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    failed: list[dict[str, Any]] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--kind", default="other", show_default=True, help="What the sources are, a term of the list source_kind."
)
@click.option("--compartment", help="Where they go, by code. Not needed when there is only one.")
@click.option("--language", default="", help="Their language, such as ko; recognised when left out.")
@click.option("--published", default="", help="When they were published: EDTF or words (2011-05, winter 2011).")
@click.option("--channel", default="", help="How they reached the archive.")
@click.option("--keep-unreadable", is_flag=True, help="Keep files that cannot be read as text, as evidence.")
@click.option("--again", "even_again", is_flag=True, help="Add files whose bytes are in the archive already.")
@click.option("--dry-run", is_flag=True, help="Read and report everything, add nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of each file as JSON.")
@pass_session
@click.pass_context
def add(
    ctx: click.Context,
    session: Session,
    files: tuple[Path, ...],
    kind: str,
    compartment: str | None,
    language: str,
    published: str,
    channel: str,
    keep_unreadable: bool,
    even_again: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take FILES into the archive, folders with all that is in them.

    TXT, Markdown, HTML, PDF with a text layer, and DOCX are read. Each file becomes a source, kept exactly as it came.
    Exit code 4 when a file could not be taken in; the others are.

    \b
    Example:  tumen --archive ~/archive add --kind news articles/*.html
              tumen --archive ~/archive add --dry-run inbox/
    """
    session.open()
    from tumen.sources import services

    _check_words(kind, language, published)

    place = _compartment(compartment)
    report = Report()
    found = list(_found(files, report))
    facts = {"kind": kind, "language": language, "published": published, "channel": channel}
    if not dry_run:
        services.sweep()
    from tumen.text.extract import NoReader

    try:
        with progress("Reading" if dry_run else "Taking in", len(found)) as bar:
            for path, shown in found:
                if dry_run:
                    _try(path, shown, report)
                else:
                    options = {"keep_unreadable": keep_unreadable, "even_again": even_again}
                    _take(path, shown, place, report, facts | options)
                bar.update(1)
    except NoReader as error:
        raise Failed(str(error)) from error
    finally:
        # Also when the disk is full or somebody stops it: what has been taken in is taken in.
        _tell(report, dry_run, as_json)
    ctx.exit(BAD_INPUT if report.failed else 0)


@click.command()
@click.argument("backup", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print what was put back as JSON.")
@pass_session
@click.pass_context
def repair(ctx: click.Context, session: Session, backup: Path, as_json: bool) -> None:
    """Put damaged and missing originals back from the folder BACKUP; exit code 1 when some stay damaged.

    Rows that are damaged come back with `tumen restore`, as they were at one moment.

    \b
    Example:  tumen --archive ~/archive repair /media/disk/tumen
    """
    session.open()
    from tumen.sources.services import repair as put_back

    with progress("Reading originals", 0) as bar:
        done = put_back(backup, telling(bar))
    if as_json:
        print_json(asdict(done))
    else:
        click.echo(f"Put back: {len(done.mended)}.")
        for original, what in done.left:
            click.echo(f"Original {original} stays damaged; {what}")
    ctx.exit(FOUND if done.left else 0)


@click.command()
@pass_session
def index(session: Session) -> None:
    """Write the search indexes anew, the whole one and the one without names.

    Never needed unless `tumen check` says so; the archive must not be open elsewhere meanwhile.

    \b
    Example:  tumen --archive ~/archive index
    """
    session.open()
    from tumen.sources.services.texts import rebuild

    click.echo(f"Texts that can be searched: {rebuild()}.")


def _check_words(kind: str, language: str, published: str) -> None:
    """Refuse what the options say before any file is opened."""
    from tumen import dates
    from tumen.sources import lists as sources_lists

    lists = sources_lists.lists()
    for option, code, name in (("--kind", kind, "source_kind"), ("--language", language, "language")):
        if code and code not in lists[name]:
            near = ", ".join(term.code for term in lists[name].search(code, limit=5)) or ", ".join(
                term.code for term in lists[name].favourites()
            )
            raise click.BadParameter(f"{code!r} is no term of the list {name}. Perhaps: {near}.", param_hint=option)
    if published:
        try:
            dates.read(published)
        except dates.InvalidDate as error:
            raise click.BadParameter(str(error), param_hint="--published") from error


def _compartment(code: str | None) -> Compartment:
    from tumen.archive import versions
    from tumen.guard.models import Compartment

    known = list(versions.visible(Compartment.objects.all()).order_by("code"))
    codes = ", ".join(compartment.code for compartment in known)
    if code is not None:
        for compartment in known:
            if compartment.code == code:
                return compartment
        raise Failed(f"There is no compartment {code!r}. There are: {codes or 'none'}.", USAGE)
    if len(known) == 1:
        return known[0]
    if not known:
        raise Failed("The archive has no compartment yet; `tumen init` makes the first one.", USAGE)
    raise Failed(f"Say which compartment with --compartment: {codes}.", USAGE)


def _found(files: tuple[Path, ...], report: Report) -> Iterator[tuple[Path, str]]:
    """Yield each file with its name as it can be shown; folders in order, hidden files and links in them skipped."""
    for path in files:
        if not path.is_dir():
            yield path, _shown(path)
            continue
        for parent, folders, names in os.walk(path):
            folders.sort()
            for name in sorted(folders):
                inner = Path(parent, name)
                if name.startswith(".") or inner.is_symlink():
                    report.skipped.append(_shown(inner))
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in sorted(names):
                inner = Path(parent, name)
                if name.startswith(".") or inner.is_symlink():
                    report.skipped.append(_shown(inner))
                else:
                    yield inner, _shown(inner)


def _shown(path: Path) -> str:
    from tumen.text import safe_name

    # `safe_name` of a part that is only dots is "unnamed"; in a path those are directions.
    parts = [part if part in ("/", "..") else safe_name(part) for part in path.parts]
    return "/".join(parts).replace("//", "/") or "."


def _take(path: Path, shown: str, place: Compartment, report: Report, facts: dict[str, Any]) -> None:
    from tumen.sources import queries, services
    from tumen.text.extract import CannotRead

    try:
        with _opened(path) as stream:
            taken = services.take_in(0, stream, path.name, place, why="taken in with tumen add", **facts)
    except CannotRead as reason:
        report.failed.append(_failure(shown, reason))
        return
    except OSError as error:
        report.failed.append(_unopened(shown, error))
        return
    entry = {"file": shown, "source": taken.source.pk, "title": queries.title(taken.source)}
    if taken.again:
        report.again.append(entry)
        return
    text = taken.text
    entry |= {
        "language": taken.source.language,
        "characters": text.length if text else None,
        "pages": len(text.pages) if text else None,
        "warnings": taken.warnings,
    }
    report.taken.append(entry)


def _try(path: Path, shown: str, report: Report) -> None:
    """Read a file as `_take` would, and add nothing."""
    import hashlib

    from tumen.guard.masks import SYSTEM
    from tumen.sources import queries
    from tumen.text.extract import CannotRead, extract

    try:
        with _opened(path) as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]
            if known := queries.same_bytes(SYSTEM, digest):
                source = known.source
                report.again.append({"file": shown, "source": source.pk, "title": queries.title(source)})
                return
            stream.seek(0)
            found = extract(stream, path.name)
    except CannotRead as reason:
        report.failed.append(_failure(shown, reason))
    except OSError as error:
        report.failed.append(_unopened(shown, error))
    else:
        report.taken.append(
            {
                "file": shown,
                "source": None,
                "title": found.title,
                "language": found.language,
                "characters": len(found.text),
                "pages": len(found.pages),
                "warnings": found.warnings,
            }
        )


def _opened(path: Path) -> Any:
    # A pipe or a device would be waited for without end.
    if path.exists() and not path.is_file():
        raise OSError(0, "not a file")
    return path.open("rb")


def _failure(shown: str, reason: Any) -> dict[str, Any]:
    return {
        "file": shown,
        "error": type(reason).__name__,
        "what": reason.detail,
        "where": reason.where,
        "advice": reason.advice,
    }


def _unopened(shown: str, error: OSError) -> dict[str, Any]:
    what = error.strerror or str(error)
    advice = "Check the path and your rights to it, then add it again."
    return {
        "file": shown,
        "error": "CannotOpen",
        "what": f"It cannot be opened: {what}.",
        "where": "",
        "advice": advice,
    }


def _tell(report: Report, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json(asdict(report))
        return
    for entry in report.taken:
        for warning in entry["warnings"]:
            click.echo(f"{entry['file']}: {warning}", err=True)
    for entry in report.again:
        click.echo(f"{entry['file']}: is in the archive already, as source {entry['source']} “{entry['title']}”.")
    for entry in report.failed:
        place = ", ".join(part for part in (entry["file"], entry["where"]) if part)
        click.echo(f"{place}: {entry['what']} {entry['advice']}", err=True)
    for name in report.skipped:
        click.echo(f"{name}: skipped, hidden files and links in folders are not followed.", err=True)
    done = "Would be taken in" if dry_run else "Taken in"
    counts = f"{done}: {len(report.taken)}. Already there: {len(report.again)}. Failed: {len(report.failed)}."
    click.echo(counts + (f" Skipped: {len(report.skipped)}." if report.skipped else ""))
