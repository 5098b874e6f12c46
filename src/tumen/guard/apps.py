"""Registers the app with Django."""

from django.apps import AppConfig


class GuardConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.guard"
    label = "guard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Keep somebody who can give roles through every change of them; have logins, passwords, factors noted."""
        from tumen.archive.changes import derives
        from tumen.guard import services, signals
        from tumen.guard.models import Membership, Suspension

        derives(Membership, services.keep_an_administrator)
        derives(Suspension, services.follow_suspension)
        signals.connect()
