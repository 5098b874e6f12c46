"""Registers the app with Django."""

from django.apps import AppConfig


class CountingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.counting"
    label = "counting"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have remembered searches for a person forgotten when she is erased."""
        from tumen.counting import search
        from tumen.linking import erasure

        erasure.also(search.forget)
