"""Addresses of sources. Ids only: no title, no file name, nothing that was told."""

from __future__ import annotations

from django.urls import path, reverse_lazy
from django.views.generic import RedirectView

from tumen.sources.views import adding, editing, reading, sending

app_name = "sources"

urlpatterns = [
    path("", RedirectView.as_view(url=reverse_lazy("counting:list", args=["sources"])), name="list"),
    path("add/", adding.add, name="add"),
    path("uploads/", sending.announce, name="upload"),
    path("uploads/arrived/", adding.arrived, name="arrived"),
    path("uploads/<str:token>/", sending.piece, name="piece"),
    path("uploads/<str:token>/decide/", adding.decide, name="decide"),
    path("<int:number>/", reading.detail, name="detail"),
    path("<int:number>/edit/", editing.edit, name="edit"),
    path("<int:number>/texts/<int:number_of_text>/", reading.text, name="text"),
    path("<int:number>/originals/<int:number_of_file>/", reading.original, name="original"),
    path("<int:number>/citations/", editing.cite, name="cite"),
    path("<int:number>/citations/<int:citation>/remove/", editing.uncite, name="uncite"),
]
