"""What `tumen check` asks of sources: originals are there and are what was taken in, and no stray file lies about."""

from __future__ import annotations

from collections.abc import Iterator

from tumen.archive import check, objects
from tumen.archive.check import Finding
from tumen.sources import queries
from tumen.sources.models import Original, Upload
from tumen.sources.services import names as names_index
from tumen.sources.services import store
from tumen.text import extract


@check.also
def originals(deep: bool) -> Iterator[Finding]:
    """Compare the rows of originals with the object store; `deep` reads each one through and compares its hash."""
    # Originals of unfinished bulk jobs too: their files are theirs.
    for row in Original.objects.only("pk", "source_id", "object", "sha256").order_by("pk").iterator(chunk_size=1000):
        yield from _look(row, deep)


def original(number: int, deep: bool) -> Iterator[Finding]:
    """Look at one original, for the custody log."""
    for row in Original.objects.only("pk", "source_id", "object", "sha256").filter(pk=number):
        yield from _look(row, deep)


def _look(row: Original, deep: bool) -> Iterator[Finding]:
    where, owner = f"original {row.pk} of source {row.source_id}", queries.keeper(row)
    if owner is not None:
        yield from check.original(where, owner, row.object, row.sha256, deep)
    else:
        yield Finding("object", f"{where} names an object that is not its own", check.RESTORE)


@check.also
def uploads(deep: bool) -> Iterator[Finding]:
    """See that every piece of an unfinished upload is there."""
    for upload in Upload.objects.iterator():
        if any(not objects.path_of(name).is_file() for name, _ in upload.parts):
            yield Finding("upload", f"upload {upload.pk[:6]} has lost a piece", "discard it and upload the file again")


@check.also
def strays(deep: bool) -> Iterator[Finding]:
    """Name the files that belong to no row; nothing is said while somebody takes something in."""
    with store.alone() as undisturbed:
        for name in store.strays() if undisturbed else ():
            advice = "an intake broke off; the next `tumen add` removes it, add that file again"
            yield Finding("stray", f"object {name[:12]} belongs to no original", advice)


@check.remark
def walls() -> str:
    """Say behind which walls this machine reads files that come in."""
    try:
        return f"Files are read behind these walls on this machine: {'; '.join(extract.walls())}."
    except extract.NoReader as error:
        return str(error)


@check.also
def nameless(deep: bool) -> Iterator[Finding]:
    """See that the second index holds the reviewed texts, all of them and nothing else; `deep` counts their words."""
    advice = "`tumen index` writes it anew"
    for table, wanted in names_index.expected(deep).items():
        held = names_index.held(table)
        for record in sorted(wanted.keys() - held.keys())[:20]:
            yield Finding("names", f"the search without names lacks {record}", advice)
        for record in sorted(held.keys() - wanted.keys())[:20]:
            yield Finding("names", f"the search without names holds {record}, which nobody reviewed", advice)
        for record in sorted(wanted.keys() & held.keys()) if deep else ():
            if wanted[record] != held[record]:
                yield Finding("names", f"the search without names holds {record} as it was before", advice)
