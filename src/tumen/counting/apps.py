"""Registers the app with Django."""

from django.apps import AppConfig


class CountingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.counting"
    label = "counting"
    default_auto_field = "django.db.models.BigAutoField"
