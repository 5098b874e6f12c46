"""`tumen estimate`: a capture table in, every method's estimate or refusal and a verdict out. No archive is opened."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from tumen.archive.session import BAD_INPUT, INTERRUPTED, USAGE, Failed, new_file, print_json, progress

if TYPE_CHECKING:
    from tumen.estimation.population import AnalysisPlan
    from tumen.estimation.registry import Settings
    from tumen.estimation.sentences import Language
    from tumen.estimation.table import CaptureTable

METHOD_NAMES = ("all", "bic", "stepwise", "bma", "lcm", "threshold", "chao", "coverage")
EXAMPLES = {
    "table": "table.csv",
    "kosovo": "kosovo.csv",
    "uk": "uk.csv",
    "plan": "plan.toml",
    "scenario": "scenario.toml",
}


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
    """Names with commas between; one that has a comma itself stands in double quotes, as in a CSV file."""
    row = next(csv.reader([value or ""], skipinitialspace=True), [])
    return tuple(name.strip() for name in row if name.strip())


def _example(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value:
        click.echo((files("tumen.estimation") / "examples" / EXAMPLES[value]).read_text("utf-8"), nl=False)
        ctx.exit()


@dataclass(frozen=True)
class _Asked:
    """What was asked for on the command line."""

    table: Path | None
    lists: tuple[str, ...]
    methods: tuple[str, ...]
    settings: Settings
    language: Language
    as_json: bool
    plan: Path | None = None
    pictures: Path | None = None
    report: Path | None = None

    def read_table(self) -> CaptureTable:
        """The table, with the lists that were named."""
        from tumen.estimation.table import CaptureTable

        if self.table is None:
            _fail("Name the table. An example of one: tumen estimate --example table")
        return CaptureTable.from_csv(self.table, lists=self.lists)

    def read_plan(self) -> AnalysisPlan | None:
        """The plan, when one was named."""
        from tumen.estimation.population import AnalysisPlan

        return AnalysisPlan.from_toml(self.plan) if self.plan else None


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("table", type=_FILE, required=False)
@click.option("--method", type=click.Choice(METHOD_NAMES), default="all", show_default=True, help="Which method.")
@click.option("--lists", callback=_words, help="Only these lists, with commas between.", metavar="A,B,C")
@click.option(
    "--max-order",
    type=_Auto("auto", 1),
    default="auto",
    show_default=True,
    metavar="auto|N",
    help="The most lists in one interaction.",
)
@click.option(
    "--bootstrap",
    type=_Auto("adaptive", 1),
    default="adaptive",
    show_default=True,
    metavar="adaptive|N",
    help="Replicates.",
)
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="The level of the intervals.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same answer.")
@click.option("--threads", type=click.IntRange(1), default=2, show_default=True, help="How many to compute with.")
@click.option("--plan", type=_FILE, help="The analysis plan (TOML).", metavar="PLAN.toml")
@click.option("--seal", is_flag=True, help="Print the plan sealed, and estimate nothing.")
@click.option("--consistency", is_flag=True, help="Hide each list of known size and estimate it from the others.")
@click.option(
    "--simulate",
    type=_FILE,
    help="Score the methods on tables simulated from a scenario (TOML).",
    metavar="SCENARIO.toml",
)
@click.option("--pictures", type=click.Path(file_okay=False, path_type=Path), help="Write SVG pictures to this folder.")
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the report after GATHER to this new file.",
    metavar="FILE.md",
)
@click.option(
    "--language",
    type=click.Choice(["en", "ko", "zh"]),
    default="en",
    show_default=True,
    help="Of text, report and pictures; JSON is English.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--example",
    type=click.Choice(list(EXAMPLES)),
    callback=_example,
    is_eager=True,
    expose_value=False,
    help="Print an example file to begin with.",
)
def estimate(
    table: Path | None, method: str, lists: tuple[str, ...], max_order: Any, bootstrap: Any, level: float, seed: int,
    threads: int, plan: Path | None, seal: bool, consistency: bool, simulate: Path | None, pictures: Path | None,
    report: Path | None, language: Any, as_json: bool,
) -> None:  # fmt: skip
    """Estimate how many people no list recorded, from TABLE (a column of 0 and 1 for each list, then `count`).

    Each method gives an estimate or refuses and says why. Without a plan the verdict is withheld.

    \b
    Example:  tumen estimate table.csv --plan sealed.toml --language ko --report report.md
              tumen estimate --consistency table.csv
              tumen estimate --example plan > plan.toml
              tumen estimate --plan plan.toml --seal > sealed.toml

    Exit code 0 when it ran, refusals among the answers; 2 when a file is missing or an option wrong; 4 when a table,
    plan or scenario is bad; 130 when it was stopped.
    """
    with _failures():
        from tumen.estimation.registry import Bootstrap, Settings

        settings = Settings(
            level=level, seed=seed, threads=threads, max_order=None if max_order == "auto" else max_order,
            bootstrap=Bootstrap("auto", bootstrap),
        )  # fmt: skip
        methods = METHOD_NAMES[1:] if method == "all" else (method,)
        asked = _Asked(table, lists, methods, settings, language, as_json, plan, pictures, report)
        if simulate is not None:
            _simulate(simulate, asked)
        elif seal:
            _seal(asked)
        elif consistency:
            _consistency(asked)
        else:
            _compare(asked, every=method == "all")


@contextmanager
def _failures() -> Iterator[None]:
    """Tell what can go wrong in one line with an exit code, the import of the estimation library among it."""
    try:
        from tumen.estimation.errors import EstimationError

        try:
            yield
        except EstimationError as error:
            raise Failed(str(error), BAD_INPUT) from error
        except OSError as error:
            raise Failed(f"{error.filename} cannot be read or written: {error.strerror}.", USAGE) from error
    except KeyboardInterrupt as error:
        raise Failed("\nStopped; nothing was estimated.", INTERRUPTED) from error


def _fail(message: str) -> NoReturn:
    raise Failed(message, BAD_INPUT)


@contextmanager
def _shown(runs: int) -> Iterator[None]:
    """A bar on a terminal's standard error that says which method is running, and how many of `runs` are done."""
    from tumen.estimation.registry import watched

    if not sys.stderr.isatty():
        yield
        return
    with progress("Estimating", runs) as bar:
        bar.item_show_func = lambda name: name
        begun = [0]

        def step(name: str) -> None:
            bar.update(min(begun[0], 1), name)  # the one before is done
            begun[0] += 1
            bar.current_item = name
            bar.render_progress()

        with watched(step):
            yield
        bar.update(1, "")


def _compare(asked: _Asked, every: bool) -> None:
    from tumen.estimation.comparing import compare
    from tumen.estimation.reporting import comparison_data

    if asked.report is not None and asked.report.exists():
        _fail(f"{asked.report} is there already; name another file.")
    table, plan = asked.read_table(), asked.read_plan()
    methods = plan.methods if plan and every else asked.methods
    with _shown(len(methods)):
        comparison = compare(table, plan, methods=methods, settings=asked.settings)
    if asked.pictures is not None:
        from tumen.estimation.pictures import write_pictures

        write_pictures(comparison, asked.pictures, asked.language)
    if asked.report is not None:
        from tumen.estimation.gather import gather_report

        with new_file(asked.report) as file:
            file.write(gather_report(comparison, asked.language).encode())
    if asked.as_json:
        print_json(comparison_data(comparison))
        return
    from tumen.estimation.printing import comparison_text
    from tumen.estimation.summary import lay_summary

    click.echo(comparison_text(comparison, asked.language))
    click.echo()
    click.echo(lay_summary(comparison, asked.language))


def _consistency(asked: _Asked) -> None:
    from tumen.estimation.consistency import consistency
    from tumen.estimation.reporting import consistency_data

    table = asked.read_table()
    if table.K < 3:
        _fail("Hiding a list takes three lists or more.")
    with _shown(table.K * len(asked.methods)):
        checks = consistency(table, methods=asked.methods, settings=asked.settings)
    if asked.as_json:
        print_json(consistency_data(checks))
        return
    from tumen.estimation.printing import consistency_text

    click.echo(consistency_text(checks, asked.language))


def _seal(asked: _Asked) -> None:
    plan = asked.read_plan()
    if plan is None:
        _fail("Name the plan to seal with --plan. An example of one: tumen estimate --example plan")
    click.echo(replace(plan, sealed="").seal().to_toml(), nl=False)


def _simulate(path: Path, asked: _Asked) -> None:
    from tumen.estimation.scoring import score, score_text
    from tumen.estimation.simulation import Scenario, simulate

    tables = simulate(Scenario.from_toml(path))
    with _shown(len(tables) * len(asked.methods)):
        scores = score(tables, methods=asked.methods, settings=asked.settings)
    if asked.as_json:
        print_json(scores.data())
    else:
        click.echo(score_text(scores))
