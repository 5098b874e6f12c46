"""Registers the app with Django."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of originals and the job that takes large uploads in."""
        from tumen.sources import checks  # noqa: F401
        from tumen.sources.services import uploads  # noqa: F401
