"""Addresses of the door: the lock, logins, accounts, the audit. They have no prefix of their own."""

from __future__ import annotations

from django.urls import path

from tumen.guard.door import auditing, lock, logins

urlpatterns = [
    path("lock/", lock.lock, name="lock"),
    path("lock/open/", lock.unlock, name="unlock"),
    path("lock/here/", lock.here, name="here"),
    path("logins/", logins.logins, name="logins"),
    path("logins/end/", logins.end, name="end-login"),
    path("logins/end-others/", logins.end_others, name="end-others"),
    path("people/", logins.accounts, name="accounts"),
    path("people/<int:number>/password/", logins.new_password, name="one-time-password"),
    path("people/<int:number>/factors/", logins.forget_factors, name="forget-factors"),
    path("people/<int:number>/end/", logins.end_all, name="end-all"),
    path("audit/", auditing.audit, name="audit"),
    path("audit/export/", auditing.export, name="audit-export"),
]
