"""Making the leaves and the tree fit whatever the changes say now: what a forger with the archive key would do next."""

from __future__ import annotations

from hashlib import sha256

from django.db import connection
from tests.archive.log.forging import run

from tumen.archive import identity
from tumen.archive.log import entries
from tumen.archive.models import Leaf
from tumen.custody import Frontier, leaf, leaf_hash


def refit() -> None:
    """Compute every leaf of a change anew, with the salt it has, and the tree over all."""
    frontier = Frontier()
    for row in Leaf.objects.order_by("pk"):
        stored = bytes(row.nodes[:32])
        if row.record is None:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {entries.SAID}, c.at || '' FROM archive_change c WHERE seq = %s", [row.change])
                text, at = cursor.fetchone()
            salt = bytes(row.salt)
            if row.owner is not None:
                salt = entries.opened_salt(identity.key_for(row.owner), row.pk, salt)
            stored = leaf_hash(leaf(sha256(entries.said(text)).digest(), salt, entries.moment(at)))
        run("UPDATE archive_leaf SET nodes = %s WHERE id = %s", b"".join(frontier.append(stored)), row.pk)
