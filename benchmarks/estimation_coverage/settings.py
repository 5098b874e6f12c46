"""The settings of the study: scenarios, and the methods whose assumption each meets."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from tumen.estimation.registry import METHODS
from tumen.estimation.simulation import Scenario

SETTINGS = Path(__file__).with_name("settings.toml")


@dataclass(frozen=True)
class Setting:
    """A scenario, the methods whose assumption it meets, and how many tables each method runs on."""

    scenario: Scenario
    named: tuple[str, ...]
    tables: dict[str, int]

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario.name


def settings() -> list[Setting]:
    """All settings, in the order of the file."""
    told = tomllib.loads(SETTINGS.read_text("utf-8"))
    found = []
    for each in told["setting"]:
        methods, named = each.pop("methods", list(METHODS)), tuple(each.pop("named"))
        wanted = told["tables"] | each.pop("tables", {})
        each["capture"] = told["capture"][each["capture"]]
        each["never_together"] = tuple(tuple(group) for group in each.pop("never_together", ()))
        scenario = Scenario(**each, seed=seed_of(each["name"]))
        found.append(Setting(scenario, named, {method: wanted[method] for method in methods}))
    return found


def seed_of(name: str) -> int:
    """A seed that depends on a name only."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6])
