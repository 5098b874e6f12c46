"""Every address of the workbench."""

from __future__ import annotations

from allauth.account import views as account
from django.urls import include, path

from tumen.coding.views import changes as coding_changes
from tumen.workbench import custody, views

# Of allauth only what a group that makes its own accounts needs: no sign-up, nothing that would send mail.
accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
]

handler400 = "tumen.workbench.views.bad_request"
handler403 = "tumen.workbench.views.refused"
handler500 = "tumen.workbench.views.broken"

urlpatterns = [
    path("", views.home, name="home"),
    path("jobs/", views.running, name="jobs"),
    path("jobs/<int:number>/stop/", views.stop_job, name="stop-job"),
    path("custody/", custody.page, name="custody"),
    path("custody/checkpoint/", custody.request_file, name="custody-request"),
    path("custody/verify/", custody.verify, name="custody-verify"),
    path("help/", views.help_page, name="help"),
    path("leave/", views.leave, name="leave"),
    path("sources/", include("tumen.sources.urls")),
    path("accounts/", include(accounts)),
    path("users/", include("tumen.guard.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("", include("tumen.guard.door.urls")),
    path("changes/", coding_changes.recent, name="changes"),
    path("", include("tumen.coding.urls")),
    path("", include("tumen.counting.urls")),
]
