"""What `tumen check` asks of sources: every original is there and unchanged, and no stray file lies about."""

from __future__ import annotations

from collections.abc import Iterator

from tumen.archive import check, objects
from tumen.archive.check import Finding
from tumen.sources.models import Original


@check.also
def originals(deep: bool) -> Iterator[Finding]:
    """Compare the rows of originals with the object store."""
    known = set()
    # Originals of unfinished bulk jobs too: their files are theirs.
    for row in Original.objects.only("pk", "source_id", "object", "sha256").order_by("pk").iterator(chunk_size=1000):
        known.add(row.object)
        # The key is the original's own, or that of its source for files taken in before their row had an id.
        owners = [owner for owner in (row.pk, row.source_id) if objects.object_name(owner, row.sha256) == row.object]
        if owners:
            yield from check.original(owners[0], row.object, row.sha256, deep)
        else:
            yield Finding("object", f"original {row.pk} names an object that is not its own", check.RESTORE)
    for name in objects.names():
        if name not in known:
            yield Finding("stray", f"object {name[:12]} belongs to no original", "an intake broke off; add it again")
