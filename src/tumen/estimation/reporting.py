"""Outcomes as plain data for JSON: infinite and missing numbers become null."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tumen.estimation.comparing import Comparison
from tumen.estimation.consistency import MEANING, Check
from tumen.estimation.printing import MOST_CELLS
from tumen.estimation.results import Estimate, Outcome
from tumen.estimation.verdicts import Finding


def comparison_data(comparison: Comparison) -> list[dict[str, Any]]:
    """One object a method, and the verdict last."""
    level = comparison.settings.level
    found = [outcome_data(outcome, level) for outcome in comparison.outcomes.values()]
    seconds = sum(outcome.seconds_cpu for outcome in comparison.outcomes.values())
    return [*found, _verdict_data(comparison, level, seconds)]


def outcome_data(outcome: Outcome, level: float) -> dict[str, Any]:
    """One outcome."""
    data: dict[str, Any] = {
        "method": outcome.method,
        "refused": not isinstance(outcome, Estimate),
        "refusal_code": None,
        "reason": None,
        "estimate": None,
        "lower": None,
        "upper": None,
        "open": False,
        "level": level,
        "kind": None,
        "mc_error": {"estimate": None, "lower": None, "upper": None},
        "models": {},
        "assumption": None,
        "observed": outcome.n,
        "lists": list(outcome.lists),
        "seed": outcome.seed,
        "seconds_cpu": round(outcome.seconds_cpu, 6),
        "table": outcome.table_fingerprint,
        "version": outcome.version,
    }
    if not isinstance(outcome, Estimate):
        return data | {
            "refusal_code": str(outcome.code),
            "reason": outcome.reason,
            "evidence": _plain(_few(outcome.evidence)),
        }
    interval = outcome.interval(level)
    return data | {
        "estimate": _number(outcome.N),
        "lower": _number(interval.lower),
        "upper": _number(interval.upper),
        "open": interval.is_open,
        "kind": outcome.interval_kind,
        "mc_error": {
            "estimate": _number(outcome.mc_error),
            "lower": _number(interval.mc_error[0]),
            "upper": _number(interval.mc_error[1]),
        },
        "models": {name: float(weight) for name, weight in outcome.models.items()},
        "assumption": outcome.assumption,
        "prior": outcome.prior,
        "design_effect": None if outcome.design_effect is None else _number(outcome.design_effect),
        "linkage_share": None if outcome.linkage_share is None else _number(outcome.linkage_share),
        "warnings": list(outcome.warnings),
        "diagnostics": _plain(_few(outcome.diagnostics)),
        "fingerprint": outcome.fingerprint,
    }


def _verdict_data(comparison: Comparison, level: float, seconds: float) -> dict[str, Any]:
    finding: Finding = comparison.verdict
    return {
        "method": "verdict",
        "refused": finding.standing != "agreement",
        "refusal_code": None,
        "reason": finding.text,
        "estimate": _number(finding.estimate),
        "lower": _number(finding.lower),
        "upper": _number(finding.upper),
        "open": finding.upper is not None and math.isinf(finding.upper),
        "level": level,
        "kind": None,
        "mc_error": {"estimate": None, "lower": None, "upper": None},
        "models": {},
        "assumption": None,
        "observed": comparison.table.n,
        "lists": list(comparison.table.lists),
        "seed": comparison.settings.seed,
        "seconds_cpu": round(seconds, 6),
        "standing": finding.standing,
        "reasons": list(finding.reasons),
        "cautions": list(finding.cautions),
        "exploratory": finding.is_exploratory,
        "sensitivity": _sensitivity_data(comparison),
        "plan": comparison.plan.sealed or None if comparison.plan else None,
    }


def _sensitivity_data(comparison: Comparison) -> list[dict[str, Any]]:
    if comparison.table.counts.size > MOST_CELLS:
        return []
    return [
        {
            "kind": curve.kind,
            "what": curve.what,
            "odds_ratios": list(curve.odds_ratios),
            "totals": [_number(total) for total in curve.totals],
            "informative": curve.is_informative,
            "note": curve.note or "",
        }
        for curve in comparison.sensitivity("bic")
    ]


def consistency_data(checks: list[Check]) -> list[dict[str, Any]]:
    """One object a hidden list and method, and the meaning last."""
    found = [
        {
            "hidden": check.hidden,
            "truth": check.truth,
            "passes": check.passes,
            "log_error": _number(check.log_error),
            **outcome_data(check.outcome, check.level),
        }
        for check in checks
    ]
    return [*found, {"method": "meaning", "reason": MEANING}]


def _few(found: Mapping[str, Any]) -> dict[str, Any]:
    """Without the chains' draws, a hundred thousand numbers that say less than their summaries."""
    return {name: value for name, value in found.items() if name != "traces"}


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float):
        return _number(value)
    return value if isinstance(value, str | int | bool | None) else str(value)
