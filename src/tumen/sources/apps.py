"""Registers the app with Django."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of originals."""
        from tumen.sources import checks  # noqa: F401
