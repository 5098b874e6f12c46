"""Registers the app with Django."""

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.linking"
    label = "linking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the run by judgements follow every judgement."""
        from tumen.linking import services  # noqa: F401
