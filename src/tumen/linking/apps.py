"""Registers the app with Django."""

from django.apps import AppConfig


class LinkingConfig(AppConfig):
    """See the package's own words."""

    name = "tumen.linking"
    label = "linking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Have the run by judgements follow every judgement, and say whom judgements speak of."""
        from tumen.coding.queries.records import speaks_of, standing_of
        from tumen.guard.standing import stands
        from tumen.linking import services  # noqa: F401
        from tumen.linking.models import Chosen, Judgement

        speaks_of(Judgement, lambda judgement: (judgement.a, judgement.b))
        speaks_of(Chosen, lambda chosen: (chosen.cluster, *([chosen.record] if chosen.record else [])))
        stands(Judgement, standing_of)
        stands(Chosen, standing_of)
