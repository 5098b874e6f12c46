"""Registers the app with Django."""

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.coding"
    label = "coding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the index of names follow every change."""
        from tumen.archive.changes import derives
        from tumen.coding.models import Name
        from tumen.coding.services.names import keep_index

        derives(Name, keep_index)
