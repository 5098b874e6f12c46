"""The workbench's addresses, with stand-ins for pages of other apps that may not be there yet."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path

from tumen.workbench.urls import urlpatterns as workbench


def _page(request: object, **_: object) -> HttpResponse:
    return HttpResponse("a page of another app")


_sources = (
    [path("", _page, name="list"), path("add/", _page, name="add"), path("<int:number>/", _page, name="detail")],
    "sources",
)
_coding = (
    [
        path("vocabularies/", _page, name="vocabularies"),
        path("acts/<int:number>/", _page, name="act"),
        path("parties/<int:number>/", _page, name="party"),
        path("claims/<int:number>/", _page, name="record"),
    ],
    "coding",
)

urlpatterns = [
    *workbench,
    path("other/sources/", include(_sources)),
    path("other/coding/", include(_coding)),
    path("other/changes/", _page, name="changes"),
]
