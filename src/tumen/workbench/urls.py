"""Every address of the workbench."""

from __future__ import annotations

from django.urls import include, path

from tumen.coding.views import changes as coding_changes
from tumen.workbench import views

urlpatterns = [
    path("", views.home, name="home"),
    path("jobs/", views.running, name="jobs"),
    path("jobs/<int:number>/stop/", views.stop_job, name="stop-job"),
    path("help/", views.help_page, name="help"),
    path("leave/", views.leave, name="leave"),
    path("sources/", include("tumen.sources.urls")),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("changes/", coding_changes.recent, name="changes"),
    path("", include("tumen.coding.urls")),
    path("", include("tumen.counting.urls")),
]
