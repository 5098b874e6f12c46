"""The methods by name: `register("bic", ...)` beside the method, `run("bic", table, settings)` for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib import import_module
from time import process_time
from typing import Literal

from tumen.estimation.errors import UnknownMethod
from tumen.estimation.population import Population
from tumen.estimation.results import Outcome, Refusal, RefusalCode
from tumen.estimation.table import CaptureTable

ADAPTIVE: Literal["adaptive"] = "adaptive"


@dataclass(frozen=True)
class Bootstrap:
    """How to resample: `unit` "person", or "cluster" for events, families or interviews recorded together;
    `replicates` a number, or "adaptive": until the limits' Monte Carlo error is small."""

    unit: Literal["auto", "person", "cluster"] = "auto"
    replicates: int | Literal["adaptive"] = ADAPTIVE


@dataclass(frozen=True)
class Settings:
    """What the person who asks may choose, for every method alike. `max_order` None is every hierarchical model below
    the saturated one up to five lists, and pairwise models beyond."""

    level: float = 0.95
    seed: int = 1
    threads: int = 1
    max_order: int | None = None
    bootstrap: Bootstrap = Bootstrap()
    population: Population | None = None


Method = Callable[[CaptureTable, Settings], Outcome]

# Where each method lives; a module registers what it offers when it is imported.
METHODS: dict[str, str] = {
    "bic": "tumen.estimation.selection",
    "stepwise": "tumen.estimation.stepwise",
    "bma": "tumen.estimation.decomposable",
    "lcm": "tumen.estimation.latent",
    "threshold": "tumen.estimation.thresholding",
    "chao": "tumen.estimation.bounds",
    "coverage": "tumen.estimation.coverage",
}
_registered: dict[str, Method] = {}
_watcher: ContextVar[Callable[[str], None]] = ContextVar("watcher", default=lambda name: None)


def register(name: str, method: Method) -> None:
    """Offer a method under a name."""
    _registered[name] = method


@contextmanager
def watched(by: Callable[[str], None]) -> Iterator[None]:
    """Tell `by` the name of each method as it starts, while the block runs: for a progress bar."""
    before = _watcher.set(by)
    try:
        yield
    finally:
        _watcher.reset(before)


def run(name: str, table: CaptureTable, settings: Settings) -> Outcome:
    """Run one method; population and CPU seconds are filled in. Raises `UnknownMethod`."""
    if name not in METHODS:
        raise UnknownMethod(f"There is no method {name}; there are {', '.join(METHODS)}.")
    _watcher.get()(name)
    import_module(METHODS[name])
    start = process_time()
    population = settings.population
    if population is not None and population.why_open:
        return Refusal(
            name,
            RefusalCode.OPEN_POPULATION,
            population.why_open,
            n=table.n,
            lists=table.lists,
            population=population,
            seed=settings.seed,
            table_fingerprint=table.fingerprint,
        )
    outcome = _registered[name](table, settings)
    return replace(outcome, population=population, seconds_cpu=process_time() - start)
