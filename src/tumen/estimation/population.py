"""What is to be estimated, and how, written down before anything is fitted."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from tumen.estimation.errors import BadPlan
from tumen.estimation.sentences import Sentence, say

LONGEST_WINDOW = 5.0  # years in which people may enter, leave or die before a population counts as open
WIDEST_RATIO = 1.25  # the largest point over the smallest, beyond which there is no single figure


@dataclass(frozen=True)
class Population:
    """Who could have been recorded at all. People with no chance of being on any list are outside every estimate.

    `event_window` and `recording_window` are (first day, last day): when what befell people must have happened, and
    when the lists recorded it. `excluded` says who is known to have had no chance of being recorded. `is_closed` says
    that nobody enters or leaves by the nature of the thing (people killed in a given spring stay killed), so that a
    long window does no harm.
    """

    description: str
    event_window: tuple[date, date]
    recording_window: tuple[date, date]
    area: str
    excluded: str
    is_closed: bool = False

    def __post_init__(self) -> None:
        for name in ("description", "area", "excluded"):
            if not str(getattr(self, name)).strip():
                raise BadPlan(f"The population's {name} is empty. Say it in a few words ('nobody' is an answer).")
        for name in ("event_window", "recording_window"):
            window = getattr(self, name)
            if len(window) != 2 or not all(isinstance(day, date) for day in window) or window[0] > window[1]:
                raise BadPlan(f"The population's {name} must be two dates, the first not after the second.")

    @property
    def years(self) -> float:
        """The length of the longer window, in years."""
        windows = (self.event_window, self.recording_window)
        return max((last - first).days + 1 for first, last in windows) / 365.25

    @property
    def why_open(self) -> Sentence | None:
        """Why the population cannot be treated as one closed population, or nothing when it can."""
        if self.is_closed or self.years <= LONGEST_WINDOW:
            return None
        return say("open_population", years=self.years, most=LONGEST_WINDOW)


@dataclass(frozen=True)
class Verdict:
    """What decides whether one figure may be given: the methods that count, the level of their intervals, and how far
    their points may lie apart."""

    methods: tuple[str, ...] = ("bic", "bma", "lcm")
    level: float = 0.95
    widest_ratio: float = WIDEST_RATIO

    def __post_init__(self) -> None:
        if not self.methods or not 0 < self.level < 1 or not self.widest_ratio >= 1:
            raise BadPlan("A verdict needs methods, a level between 0 and 1, and a widest ratio of 1 or more.")


@dataclass(frozen=True)
class AnalysisPlan:
    """The analysis, stated in advance. `seal()` it before looking at results; what comes later is exploratory.

    `lists` are the lists to be used; `merge` joins lists before the analysis; `structural_zeros` names lists that
    nobody can be on together; `strata` the column of strata; `methods` the methods to run; `sealed` is the fingerprint
    of the sealed plan, or empty.
    """

    population: Population
    lists: tuple[str, ...]
    strata: str = ""
    methods: tuple[str, ...] = ("bic", "stepwise", "bma", "lcm", "threshold", "chao", "coverage")
    verdict: Verdict = field(default_factory=Verdict)
    merge: tuple[tuple[str, ...], ...] = ()
    structural_zeros: tuple[tuple[str, ...], ...] = ()
    sealed: str = ""

    def __post_init__(self) -> None:
        missing = [name for name in self.verdict.methods if name not in self.methods]
        if missing:
            raise BadPlan(f"The verdict counts {', '.join(missing)}, which the plan does not run.")
        if self.sealed and self.sealed != self.fingerprint:
            raise BadPlan(
                "The plan was changed after it was sealed. Undo the change, or take out the line `sealed` and seal it"
                " anew; if results were seen meanwhile, what follows is exploratory."
            )

    @property
    def fingerprint(self) -> str:
        """SHA-256 of everything the plan says."""
        said = {name: value for name, value in asdict(self).items() if name != "sealed"}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()

    @property
    def is_sealed(self) -> bool:
        """Whether the plan was sealed, and not changed since."""
        return bool(self.sealed)

    def seal(self) -> Self:
        """The plan with its fingerprint in it. Write it down (`to_toml`) before the first fit."""
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return type(self)(**{**fields, "sealed": self.fingerprint})

    @classmethod
    def from_toml(cls, path: Path | str) -> Self:
        """Read a plan. Raises `BadPlan` and `OSError`."""
        try:
            told = tomllib.loads(Path(path).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadPlan(f"{Path(path).name} is not TOML: {error}.") from error
        population = _fields(Population, told.pop("population", None), "population")
        verdict = _fields(Verdict, told.pop("verdict", {}), "verdict")
        return cls(**_known(cls, {**told, "population": population, "verdict": verdict}, "plan"))

    def to_toml(self) -> str:
        """The plan as a TOML file."""
        top = {name: getattr(self, name) for name in self.__dataclass_fields__ if name not in ("population", "verdict")}
        parts = [_toml(top), "\n[population]\n" + _toml(asdict(self.population))]
        return "".join([*parts, "\n[verdict]\n" + _toml(asdict(self.verdict))])


_KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "bool": (bool,), "float": (int, float), "tuple": (list, tuple)}


def _fields(cls: type[Any], told: Any, where: str) -> Any:
    if not isinstance(told, Mapping):
        raise BadPlan(f"The plan has no [{where}] section.")
    return cls(**_known(cls, told, where))


def _known(cls: type[Any], told: Mapping[str, Any], where: str) -> dict[str, Any]:
    fields = cls.__dataclass_fields__
    unknown = [name for name in told if name not in fields]
    if unknown:
        raise BadPlan(f"The {where} has the unknown field {unknown[0]}; there are {', '.join(fields)}.")
    required = ("description", "event_window", "recording_window", "area", "excluded", "lists")
    missing = [name for name in required if name in fields and name not in told]
    if missing:
        raise BadPlan(f"The {where} lacks {', '.join(missing)}.")
    for name, value in told.items():
        kind = str(fields[name].type)
        fits = next((types for start, types in _KINDS.items() if kind.startswith(start)), (object,))
        if not isinstance(value, fits):
            raise BadPlan(f"The {where}'s {name} is of the wrong kind: {value!r}.")
    return {name: _frozen(value) for name, value in told.items()}


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _toml(fields: Mapping[str, Any]) -> str:
    return "".join(f"{name} = {_toml_value(value)}\n" for name, value in fields.items())


def _toml_value(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    return str(value) if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
