"""Registers the spine with Django and keeps the version triggers in step with the models."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ArchiveConfig(AppConfig):
    """The spine."""

    name = "tumen.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Regenerate the triggers whenever the tables may have changed; register the job that verifies."""
        from tumen.archive import triggers
        from tumen.archive.log import replay  # noqa: F401

        post_migrate.connect(triggers.install, sender=self)
