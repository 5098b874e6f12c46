"""The workbench's addresses, with an empty page wherever one of another app does not stand yet.

The frame of every page links to lists, tables and vocabularies; pages of sources are tested without those apps.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, include, path, re_path, reverse

from tumen.workbench import urls


def empty(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse()


COUNTING = [re_path("^(?P<unit>acts|persons)/$", empty, name="list")]
COUNTING += [path(f"x/{name}/", empty, name=name) for name in ("figures", "tables", "search")]
STAND_INS = {
    "counting:figures": path("counting/", include((COUNTING, "counting"))),
    "coding:vocabularies": path("coding/", include(([path("lists/", empty, name="vocabularies")], "coding"))),
    "changes": path("changes/", empty, name="changes"),
}


def missing(name: str) -> bool:
    try:
        reverse(name, urlconf="tumen.workbench.urls")
    except NoReverseMatch:
        return True
    return False


urlpatterns = [*urls.urlpatterns, *(pattern for name, pattern in STAND_INS.items() if missing(name))]
