"""What every page of coding needs: the mask, the source, who may write, and how failures are told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from tumen.coding.errors import NotAllowed, NotFound
from tumen.coding.models import Coding
from tumen.coding.queries import records
from tumen.coding.queries.labels import Labels
from tumen.coding.services import codings
from tumen.columns import Mask
from tumen.guard.errors import Refused
from tumen.guard.masks import mask_for, may, may_write
from tumen.guard.permissions import Permission
from tumen.sources import queries as sources
from tumen.sources.errors import NotVisible
from tumen.sources.models import Source

View = Callable[..., HttpResponse]


def page(view: View) -> View:
    """Ask for a login, and tell what does not exist from what may not be done."""

    @login_required
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (NotFound, NotVisible) as error:
            raise Http404(str(error)) from error
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error

    return wrapped


@dataclass
class Bench:
    """One source on the bench of one user: `mask` is for what stands in the source, `sees` for the whole archive."""

    user: Any
    mask: Mask
    sees: Mask
    source: Source
    coding: Coding | None
    may_write: bool

    @property
    def names(self) -> Labels:
        """What the parties of the coding are called; made anew, since a save may have added some."""
        return Labels(self.mask, self.coding)

    @property
    def may_check(self) -> bool:
        """Whether the user may check this source, unless she coded it."""
        return may(self.user, Permission.CHECK, self.source.compartment_id)

    def must_write(self) -> None:
        """Raise Refused unless the user may code this source."""
        if not self.may_write:
            raise Refused(Permission.CODE)

    @property
    def may_consent(self) -> bool:
        """Whether the user may record what the people of this source agreed to."""
        return may(self.user, Permission.CONSENT, self.source.compartment_id)

    def must_consent(self) -> None:
        """Raise Refused unless the user may record consent here."""
        if not self.may_consent:
            raise Refused(Permission.CONSENT)

    def must_check(self) -> None:
        """Raise Refused unless the user may check this source."""
        if not self.may_check:
            raise Refused(Permission.CHECK)


def bench(request: HttpRequest, number: int, coding: str = "") -> Bench:
    """Return a source as this user has it before her. Raises NotVisible."""
    mask = mask_for(request.user)  # type: ignore[arg-type]
    source = sources.get_source(mask, number)
    found = codings.codings(source)
    chosen = next((one for one in found if str(one.pk) == coding), found[0] if found else None)
    here = source.compartment_id
    return Bench(request.user, mask.within(here), mask, source, chosen, may_write(request.user, here))  # type: ignore[arg-type]


def bench_of(request: HttpRequest, claim: Any) -> Bench:
    """Return the bench of a claim's source and coding; an identifier stands where the claim it belongs to does."""
    coding = getattr(records.whole_of(claim), "coding", None)
    if coding is None:
        raise NotFound(f"Record {claim.pk} is coded nowhere.")
    return bench(request, coding.source_id, str(coding.pk))


def is_partial(request: HttpRequest) -> bool:
    """Say whether htmx asks for a part of the page."""
    return bool(getattr(request, "htmx", False))
