"""Registers the app with Django."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of originals and the job that takes uploads in; let search and log follow changes."""
        from tumen.archive.changes import derives
        from tumen.archive.log.entries import exhibit
        from tumen.sources import checks
        from tumen.sources.models import Original, Passage, Source
        from tumen.sources.services import texts, uploads  # noqa: F401

        exhibit(Original, "sha256", checks.original)
        derives(Source, texts.keep_title)
        derives(Passage, texts.keep_passage)
