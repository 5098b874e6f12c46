"""Registers the app with Django."""

from django.apps import AppConfig


class SourcesConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.sources"
    label = "sources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register checks and the job that takes large uploads in; let searches and the log follow changes."""
        from tumen.archive.changes import derives
        from tumen.archive.log.entries import exhibit
        from tumen.guard.reading import mask_names_by
        from tumen.sources import checks, names
        from tumen.sources.models import NameMarks, Original, Passage, Source, Text
        from tumen.sources.services import names as marking
        from tumen.sources.services import texts, uploads  # noqa: F401

        exhibit(Original, "sha256", checks.original)
        derives(Source, texts.keep_title)
        derives(Passage, texts.keep_passage)
        derives(Text, marking.index)
        derives(NameMarks, marking.keep_names)
        mask_names_by(names.reviewed, names.without)
