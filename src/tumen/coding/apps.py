"""Registers the app with Django."""

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.coding"
    label = "coding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the index of names follow every change, parts stand where their claims do, and sources speak the
        archive's own vocabularies.
        """
        from tumen.archive.changes import derives
        from tumen.archive.models import Identifier
        from tumen.coding import reference
        from tumen.coding.models import Anchor, FieldNote, Mark, Name
        from tumen.coding.queries import records
        from tumen.coding.services.names import keep_index
        from tumen.guard import standing
        from tumen.sources import lists

        derives(Name, keep_index)
        for part in (Anchor, FieldNote, Identifier, Mark):
            standing.stands(part, records.standing_of)
        lists.use(reference.vocabularies)
