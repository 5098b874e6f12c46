"""Registers the app with Django."""

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.coding"
    label = "coding"
    default_auto_field = "django.db.models.BigAutoField"
