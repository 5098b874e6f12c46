"""Taking sealed values away while the key that seals them stays: tombstones in live rows and in old versions.

Erasing a person destroys her keys, and with them all that they seal. This is for what another key seals. The history
stays whole: each state keeps its place, its other fields and, since digests cover a value by its tombstone, its proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from tumen.archive import states, versions
from tumen.archive.changes import OpenChange
from tumen.archive.models import Superseded
from tumen.archive.sealed import tombstone


def bury(c: OpenChange, values: Iterable[tuple[str, int, int, str]]) -> int:
    """Put tombstones in the place of sealed values (label, record, version, field); return how many were taken.

    A live value is taken by a new version; what is gone already is left alone. Raises BusyRecord.
    """
    wanted: dict[tuple[str, int], dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for label, record, version, field in values:
        wanted[label, record][version].add(field)
    count = 0
    for (label, record), by_version in wanted.items():
        model = versions.get_model(label)
        now = versions.live_state(model, record)
        if fields := by_version.get(now["version"]):
            buried = {field: _tombstone(now[field]) for field in fields if now[field] is not None}
            if any(buried[field] != now[field] for field in buried):
                c.restate(model, record, now | buried)
        for row in Superseded.objects.filter(model=label, record=record, version__in=list(by_version)):
            data, state = row.data, states.parse(row.data)
            for field in by_version[row.version]:
                if state.get(field) is not None and (gone := _tombstone(state[field])) != state[field]:
                    data = data.replace(f'"{state[field]}"', f'"{gone}"')
                    count += 1
            if data != row.data:
                Superseded.objects.filter(pk=row.pk).update(data=data)
    return count


def _tombstone(sealed: str) -> str:
    return tombstone(bytes.fromhex(sealed)).hex()
