"""Every address of the workbench."""

from __future__ import annotations

from django.urls import include, path

from tumen.workbench import views

urlpatterns = [
    path("", views.home, name="home"),
    path("jobs/", views.running, name="jobs"),
    path("jobs/<int:number>/stop/", views.stop_job, name="stop-job"),
    path("help/", views.help_page, name="help"),
    path("", include("tumen.counting.urls")),
    path("leave/", views.leave, name="leave"),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
]
