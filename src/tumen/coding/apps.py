"""Registers the app with Django."""

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.coding"
    label = "coding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the index of names follow every change, and sources speak the archive's own vocabularies."""
        from tumen.archive.changes import derives
        from tumen.coding import reference
        from tumen.coding.models import Name
        from tumen.coding.services.names import keep_index
        from tumen.sources import lists

        derives(Name, keep_index)
        lists.use(reference.vocabularies)
