"""What every page of counting does alike: reads its address, and says clearly what is wrong with a question."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tumen.archive.sentences import told
from tumen.columns import BadQuery, Mask, Masked, TableTooLarge, UnknownRun
from tumen.counting.errors import NoSuchText, NotKnownThen
from tumen.counting.fields import schema
from tumen.counting.queries import forms
from tumen.counting.queries.labels import Language, language_of
from tumen.guard.masks import mask_for
from tumen.guard.models import User
from tumen.guard.permissions import Permission
from tumen.text import OnlyExclusions

View = Callable[..., HttpResponse]


def asked(view: View) -> View:
    """Make a view that answers a wrong question with a page that says what is wrong and what may be meant."""

    @login_required
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Masked as error:
            return wrong(request, 403, _("This is not shown to you"), _not_shown(error))
        except NoSuchText as error:
            return wrong(request, 404, _("These words are not known here"), told(str(error)))
        except NotKnownThen as error:
            return wrong(request, 400, _("That moment has not come"), told(str(error)))
        except UnknownRun as error:
            return wrong(request, 404, _("There is no such linkage run"), told(str(error)))
        except TableTooLarge as error:
            return wrong(request, 400, _("This table is too large for a page"), _too_large(error))
        except OnlyExclusions as error:
            return wrong(request, 400, _("Say what to look for"), told(str(error)))
        except BadQuery as error:
            return wrong(request, 400, _("This question cannot be answered"), error.told(_), error.near)

    return answered


def mask_of(request: HttpRequest, *needed: str) -> Mask:
    """Return what the user of a page may count, or what else she needs to be permitted, compartment by compartment."""
    assert isinstance(request.user, User)
    return mask_for(request.user, *(needed or (Permission.COUNT,)))


def _not_shown(error: Masked) -> str:
    known = schema().fields.get(error.field)
    return _("Your role does not open: {field}.").format(field=_(known.label_key) if known else _("Full text"))


def _too_large(error: TableTooLarge) -> str:
    words = _("This table has {n} cells, more than {limit}. Choose a higher level or fewer dimensions.")
    return words.format(n=f"{error.cells:,}", limit=f"{error.limit:,}")


def wrong(request: HttpRequest, status: int, title: str, message: str, near: tuple[str, ...] = ()) -> HttpResponse:
    """Return the page that says what is wrong."""
    return render(request, "counting/wrong.html", {"title": title, "message": message, "near": near}, status=status)


def pairs(request: HttpRequest) -> forms.Pairs:
    """Return the fields of an address in their order, repeated ones as often as they come."""
    return [(key, value) for key, values in request.GET.lists() for value in values]


def language(_request: HttpRequest) -> Language:
    """Return the language of labels: that of the page."""
    return language_of(get_language())
