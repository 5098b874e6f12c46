"""Registers the app with Django."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.workbench"
    label = "workbench"
    default_auto_field = "django.db.models.BigAutoField"
