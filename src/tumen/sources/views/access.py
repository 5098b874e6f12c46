"""Who may open which page: a source out of sight is not there, one that may be read need not be writable."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext

from tumen.columns import Mask
from tumen.guard.errors import Refused
from tumen.guard.masks import mask_for, may_write, writable
from tumen.guard.models import User
from tumen.guard.permissions import Permission
from tumen.sources import queries
from tumen.sources.errors import NotVisible
from tumen.sources.models import Source

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SourceView = Callable[Concatenate[HttpRequest, Source, Mask, P], HttpResponseBase]


def user_of(request: HttpRequest) -> User:
    """Return who is logged in; the decorators here see to it that somebody is."""
    assert isinstance(request.user, User)
    return request.user


def of_source(view: SourceView[P]) -> View[Any]:
    """Give the view the source of its address, as its user sees it; 404 when she does not."""

    @login_required
    @wraps(view)
    def found(request: HttpRequest, number: int, *args: Any, **kwargs: Any) -> HttpResponseBase:
        mask = mask_for(user_of(request))
        try:
            return view(request, queries.get_source(mask, number), mask, *args, **kwargs)
        except NotVisible as error:
            raise Http404(gettext("There is no such source, or you may not see it.")) from error

    return found


def changing(view: SourceView[P]) -> View[Any]:
    """As `of_source`, for those who may change the source; 403 for those who may only read it."""

    @wraps(view)
    def allowed(request: HttpRequest, source: Source, mask: Mask, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(user_of(request), source.compartment_id):
            raise Refused(Permission.CODE)
        return view(request, source, mask, *args, **kwargs)

    return of_source(allowed)


def adding(view: View[P]) -> View[P]:
    """Let those in who may add sources somewhere."""

    @login_required
    @wraps(view)
    def allowed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not writable(user_of(request)):
            raise Refused(Permission.CODE)
        return view(request, *args, **kwargs)

    return allowed


def sending(view: View[P]) -> View[P]:
    """As `adding`, for requests of the upload island: refusals are a line of text, never a login page."""

    @wraps(view)
    def allowed(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not isinstance(request.user, User):
            words = gettext("You are logged out. Log in in another tab, then try again.")
            return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
        if not writable(request.user):
            words = gettext("You may not add sources to any compartment.")
            return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
        return view(request, *args, **kwargs)

    return allowed
