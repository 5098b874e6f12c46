"""Registers the app with Django."""

from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.workbench"
    label = "workbench"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make kept sentences known to those who show them."""
        import tumen.workbench.stored  # noqa: F401
