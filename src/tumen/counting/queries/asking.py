"""Between addresses and questions: what an address asks, what is assumed where it says nothing, and the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from urllib.parse import unquote_plus

from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from tumen.archive import clock
from tumen.archive.models import Change
from tumen.columns import RECORDS, BadQuery, Dim, Fields, Mask, Query, Snapshot
from tumen.columns.arrays import Array
from tumen.counting import search
from tumen.counting.fields import frame_of, schema
from tumen.counting.store import RESOLVED, default_run, store

SHOWS = ("counts", "row", "column")


@dataclass(frozen=True)
class TableSpec:
    """A table as a question: what is counted, by what, and whether shares stand beside the counts."""

    query: Query
    dims: tuple[Dim, ...]
    show: str = "counts"

    def to_text(self) -> str:
        """Return the text form, which `parse_table` reads; it is what addresses and saved definitions hold."""
        text = f"{to_text(self.query)}&dims={','.join(map(str, self.dims))}"
        return text if self.show == "counts" else f"{text}&show={self.show}"


def to_text(query: Query) -> str:
    """Return the text form of a query, in which the resolution is always said."""
    text = query.to_text()
    return f"{text}&run={RECORDS}" if query.resolution == RECORDS else text


def parse(text: str) -> Query:
    """Read a query's text form; where it names no run, the newest run is meant, or records when there is none.

    Raises BadQuery.
    """
    parts, settings = _split(text, ("run",))
    run = settings.get("run")
    query = Query.parse("&".join(parts), schema().fields)
    if run == RECORDS or frame_of(query.unit) not in RESOLVED:
        return query
    if run is not None:
        if not run.isascii() or not run.isdigit():
            raise BadQuery(noop("run {run!r} is neither 'records' nor the number of a run"), (RECORDS,), run=run)
        return replace(query, resolution=int(run))
    newest = default_run()
    return query if newest is None else replace(query, resolution=newest.pk)


def parse_table(text: str) -> TableSpec:
    """Read a table's text form. Raises BadQuery."""
    parts, settings = _split(text, ("dims", "show"))
    query = parse("&".join(parts))
    dims = tuple(Dim.parse(part) for part in settings.get("dims", "").split(",") if part)
    show = settings.get("show", "counts")
    if show not in SHOWS:
        raise BadQuery(noop("a table does not show {show!r}"), SHOWS, show=show)
    for dim in dims:
        query.field(dim.field, schema().fields)
    return TableSpec(replace(query, page=1, sort=(), columns=()), dims, show)


def _split(text: str, names: tuple[str, ...]) -> tuple[list[str], dict[str, str]]:
    """Take the settings that `Query` does not know out of a text form."""
    rest, settings = [], {}
    for part in text.removeprefix("?").split("&"):
        key, _, value = part.partition("=")
        if key in names:
            settings[key] = unquote_plus(value)
        elif part:
            rest.append(part)
    return rest, settings


def with_words(query: Query, user: int) -> Query:
    """Return the query with the words its token stands for. Raises NoSuchText."""
    return query if query.token is None else replace(query, text=search.recall(user, query.token))


def fields_of(unit: str) -> Fields:
    """Return the fields that queries of a unit may use."""
    return Fields(schema().fields.of(unit))


def columns_for(query: Query) -> Snapshot:
    """Return the columns that a query is answered from. Raises NotKnownThen, UnknownRun."""
    run = None if query.resolution == RECORDS else query.resolution
    return store().snapshot(frame_of(query.unit), query.as_of, run)


def found_rows(snapshot: Snapshot, query: Query, mask: Mask) -> Array | None:
    """Return the rows in which the query's words stand, or None when it has none. Raises Masked."""
    return None if query.text is None else search.rows(snapshot, query.text, mask)


def known_on(day: date) -> int:
    """Return the newest change made by the end of a day (UTC): what "as known on" that day means."""
    # The last day there is has no day after it.
    after = datetime.combine(day, time.max) if day == date.max else datetime.combine(day + timedelta(days=1), time.min)
    return clock.newest_before(timezone.make_aware(after, timezone.get_default_timezone()))


def moment_of(seq: int) -> datetime | None:
    """Return when a change was made."""
    return Change.objects.filter(seq=seq).values_list("at", flat=True).first()
