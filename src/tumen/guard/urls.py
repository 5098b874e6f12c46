"""Addresses of users and roles."""

from __future__ import annotations

from django.urls import path

from tumen.guard import views

app_name = "guard"

urlpatterns = [
    path("", views.users, name="users"),
    path("<int:number>/", views.user, name="user"),
]
