"""`tumen estimate`: a capture table in, every method's estimate or refusal and a verdict out. No archive is opened."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from tumen.archive.session import BAD_INPUT, Failed, print_json

METHOD_NAMES = ("all", "bic", "stepwise", "bma", "lcm", "threshold", "chao", "coverage")


class _Auto(click.ParamType[Any]):
    """A whole number, or a word."""

    def __init__(self, word: str, least: int) -> None:
        self.word, self.least = word, least
        self.name = f"{word}|N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Give the number, or the word."""
        if value == self.word or isinstance(value, int):
            return value
        if str(value).isdecimal() and int(value) >= self.least:
            return int(value)
        return self.fail(f"{value!r} is neither {self.word} nor a whole number from {self.least}.", param, ctx)


def _words(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",") if name.strip()) if value else ()


@click.command()
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--method", type=click.Choice(METHOD_NAMES), default="all", show_default=True, help="Which method.")
@click.option("--lists", callback=_words, help="Only these lists, with commas between.", metavar="A,B,C")
@click.option(
    "--max-order", type=_Auto("auto", 1), default="auto", show_default=True, help="The most lists in one interaction."
)
@click.option("--bootstrap", type=_Auto("adaptive", 1), default="adaptive", show_default=True, help="Replicates.")
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="The level of the intervals.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same answer.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="How many to compute with.")
@click.option("--plan", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The analysis plan (TOML).")
@click.option("--seal", is_flag=True, help="Print the plan sealed, and estimate nothing.")
@click.option("--consistency", is_flag=True, help="Hide each list of known size and estimate it from the others.")
@click.option(
    "--simulate",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score the methods on tables simulated from a scenario (TOML).",
    metavar="SCENARIO.toml",
)
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Write SVG pictures to this folder.")
@click.option(
    "--language", type=click.Choice(["en", "ko", "zh"]), default="en", show_default=True, help="Of the summary."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def estimate(
    table: Path | None, method: str, lists: tuple[str, ...], max_order: Any, bootstrap: Any, level: float, seed: int,
    threads: int, plan: Path | None, seal: bool, consistency: bool, simulate: Path | None, pictures: Path | None,
    language: Any, as_json: bool,
) -> None:  # fmt: skip
    """Estimate how many people no list recorded, from TABLE (a column of 0 and 1 for each list, then `count`).

    Each method gives an estimate or refuses and says why. Without a plan the verdict is withheld.

    \b
    Example:  tumen estimate table.csv --plan plan.toml --json
              tumen estimate --consistency table.csv
    """
    from tumen.estimation.errors import EstimationError
    from tumen.estimation.registry import Bootstrap, Settings

    settings = Settings(
        level=level, seed=seed, threads=threads, max_order=None if max_order == "auto" else max_order,
        bootstrap=Bootstrap("auto", bootstrap),
    )  # fmt: skip
    methods = METHOD_NAMES[1:] if method == "all" else (method,)
    try:
        if simulate is not None:
            _simulate(simulate, methods, settings, as_json)
        elif seal:
            _seal(plan)
        elif table is None:
            _fail("Name the table.")
        elif consistency:
            _consistency(table, lists, methods, settings, as_json)
        else:
            _compare(table, lists, methods, settings, plan, pictures, language, as_json, method == "all")
    except (EstimationError, OSError) as error:
        raise Failed(str(error), BAD_INPUT) from error


def _fail(message: str) -> NoReturn:
    raise Failed(message, BAD_INPUT)


def _compare(
    path: Path, lists: tuple[str, ...], methods: tuple[str, ...], settings: Any, plan_path: Path | None,
    pictures: Path | None, language: Any, as_json: bool, every: bool,
) -> None:  # fmt: skip
    from tumen.estimation.comparing import compare
    from tumen.estimation.population import AnalysisPlan
    from tumen.estimation.reporting import comparison_data
    from tumen.estimation.table import CaptureTable

    table = CaptureTable.from_csv(path, lists=lists)
    plan = AnalysisPlan.from_toml(plan_path) if plan_path else None
    comparison = compare(table, plan, methods=plan.methods if plan and every else methods, settings=settings)
    if pictures is not None:
        from tumen.estimation.pictures import write_pictures

        write_pictures(comparison, pictures)
    if as_json:
        print_json(comparison_data(comparison))
        return
    from tumen.estimation.printing import comparison_text
    from tumen.estimation.summary import lay_summary

    click.echo(comparison_text(comparison, language))
    click.echo()
    click.echo(lay_summary(comparison, language))


def _consistency(path: Path, lists: tuple[str, ...], methods: tuple[str, ...], settings: Any, as_json: bool) -> None:
    from tumen.estimation.consistency import consistency
    from tumen.estimation.reporting import consistency_data
    from tumen.estimation.table import CaptureTable

    table = CaptureTable.from_csv(path, lists=lists)
    if table.K < 3:
        _fail("Hiding a list takes three lists or more.")
    checks = consistency(table, methods=methods, settings=settings)
    if as_json:
        print_json(consistency_data(checks))
        return
    from tumen.estimation.printing import consistency_text

    click.echo(consistency_text(checks))


def _seal(path: Path | None) -> None:
    from tumen.estimation.population import AnalysisPlan

    if path is None:
        _fail("Name the plan to seal with --plan.")
    click.echo(replace(AnalysisPlan.from_toml(path), sealed="").seal().to_toml(), nl=False)


def _simulate(path: Path, methods: tuple[str, ...], settings: Any, as_json: bool) -> None:
    from tumen.estimation.scoring import score, score_text
    from tumen.estimation.simulation import Scenario, simulate

    scores = score(simulate(Scenario.from_toml(path)), methods=methods, settings=settings)
    if as_json:
        print_json(scores.data())
    else:
        click.echo(score_text(scores))
