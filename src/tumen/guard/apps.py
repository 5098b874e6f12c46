"""Registers the app with Django."""

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.guard"
    label = "guard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have logins, passwords and factors noted."""
        from tumen.guard import signals

        signals.connect()
