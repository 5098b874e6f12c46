"""Tables that are ready to be asked for by name, and those that people saved."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from tumen.archive import versions
from tumen.columns import Mask
from tumen.counting.models import Definition
from tumen.counting.queries.labels import Language


@dataclass(frozen=True)
class Ready:
    """A table with a name. `totals` marks the comparison of totals, which is no cross-table."""

    name: str
    labels: dict[str, str]
    table: str = ""
    totals: bool = False

    def label(self, language: Language) -> str:
        """Return its title."""
        return self.labels.get(language) or self.labels["en"]


@cache
def ready() -> dict[str, Ready]:
    """Return the ready tables by name."""
    listed = tomllib.loads(files("tumen.counting").joinpath("ready.toml").read_text("utf-8"))
    return {
        name: Ready(
            name,
            {language: str(given[language]) for language in ("en", "ko", "zh")},
            str(given.get("table", "")),
            bool(given.get("totals", False)),
        )
        for name, given in listed.items()
    }


def saved(mask: Mask, user: int) -> list[Definition]:
    """Return the tables that this user saved, or others for a compartment that the mask shows; newest first.

    Each is counted under the mask of who opens it.
    """
    rows = versions.visible(Definition.objects.all()).order_by("-pk")
    return [row for row in rows if row.user == user or (row.compartment_id and mask.sees(row.compartment_id))]
