"""Pictures of a comparison as SVG: who was recorded by which lists, estimates side by side, sensitivity, chains.

Every picture says in its title and description what it shows. All but the chains have their numbers in the JSON of
the command.
"""

from __future__ import annotations

from pathlib import Path

from tumen.estimation.comparing import Comparison
from tumen.estimation.pictures.chains import rank_plot, trace_plot
from tumen.estimation.pictures.curves import sensitivity_plot
from tumen.estimation.pictures.estimates import side_by_side
from tumen.estimation.pictures.upset import upset
from tumen.estimation.printing import MOST_CELLS
from tumen.estimation.results import Estimate
from tumen.estimation.sentences import Language


def write_pictures(comparison: Comparison, folder: Path, language: Language = "en") -> list[Path]:
    """Write every picture that the comparison can give to a folder; what is there of the same name is replaced. Raises
    `OSError`."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = {"lists": upset(comparison.table, language), "estimates": side_by_side(comparison, language)}
    curves = comparison.sensitivity("bic") if comparison.table.counts.size <= MOST_CELLS else []
    if curves:
        pictures["sensitivity"] = sensitivity_plot(curves, "bic", language)
    for name, outcome in comparison.outcomes.items():
        found = outcome.diagnostics if isinstance(outcome, Estimate) else outcome.evidence
        if "traces" in found:
            pictures[f"{name}-trace"] = trace_plot(found["traces"], name, language)
            pictures[f"{name}-ranks"] = rank_plot(found["traces"], name, language)
    paths = []
    for name, picture in pictures.items():
        paths.append(folder / f"{name}.svg")
        paths[-1].write_text(picture, "utf-8")
    return paths


__all__ = ["write_pictures", "upset", "side_by_side", "sensitivity_plot", "trace_plot", "rank_plot"]
