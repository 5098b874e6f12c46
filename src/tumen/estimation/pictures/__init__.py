"""Pictures of a comparison as SVG: who was recorded by which lists, estimates side by side, sensitivity, chains.

Every picture says in its title and description what it shows, and each has its numbers in the JSON of the command.
"""

from __future__ import annotations

from pathlib import Path

from tumen.estimation.comparing import Comparison
from tumen.estimation.pictures.chains import rank_plot, trace_plot
from tumen.estimation.pictures.curves import sensitivity_plot
from tumen.estimation.pictures.estimates import side_by_side
from tumen.estimation.pictures.upset import upset
from tumen.estimation.results import Estimate


def write_pictures(comparison: Comparison, folder: Path) -> list[Path]:
    """Write every picture that the comparison can give to a folder. Raises `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {"lists": upset(comparison.table), "estimates": side_by_side(comparison)}
    curves = comparison.sensitivity("bic")
    if curves:
        pictures["sensitivity"] = sensitivity_plot(curves)
    for name, outcome in comparison.outcomes.items():
        if isinstance(outcome, Estimate) and outcome.draws.ndim == 1 and "chains" in outcome.diagnostics:
            pictures[f"{name}-trace"] = trace_plot(outcome.diagnostics["chains"], name)
            pictures[f"{name}-ranks"] = rank_plot(outcome.diagnostics["chains"], name)
    paths = []
    for name, picture in pictures.items():
        paths.append(folder / f"{name}.svg")
        paths[-1].write_text(picture, "utf-8")
    return paths


__all__ = ["write_pictures", "upset", "side_by_side", "sensitivity_plot", "trace_plot", "rank_plot"]
