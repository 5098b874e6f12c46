"""Registers the app with Django."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of originals and the job that takes large uploads in; let the search follow changes."""
        from tumen.archive.changes import derives
        from tumen.sources import checks  # noqa: F401
        from tumen.sources.models import Passage, Source
        from tumen.sources.services import texts, uploads  # noqa: F401

        derives(Source, texts.keep_title)
        derives(Passage, texts.keep_passage)
