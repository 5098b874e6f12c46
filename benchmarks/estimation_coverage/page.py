"""The page of the study, made from its counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from benchmarks.estimation_coverage.counts import Row, Rows
from benchmarks.estimation_coverage.running import CLEAN, EFFORT, FEWEST_TOGETHER
from benchmarks.estimation_coverage.settings import Setting
from tumen.estimation.registry import METHODS
from tumen.estimation.scoring import Score

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "estimation-coverage.md"
HALF = 0.5
EXTENDED = "c50457c"  # the commit since which adaptive bootstrap goes beyond 8,000 replicates
ASKED = 0.93  # of the intervals of a method named for a setting


def page(settings: Sequence[Setting], rows: Rows) -> str:
    """The whole page."""
    parts = [_HEAD, *_view(settings, rows), *_named(settings, rows), *_clean(rows), *_always(settings, rows)]
    parts += ["\n## Setting by setting\n", _COLUMNS]
    for setting in settings:
        parts += _details(setting, rows)
    return "\n".join(parts) + "\n"


def _view(settings: Iterable[Setting], rows: Rows) -> Iterator[str]:
    yield _VIEW
    yield _line("setting", *METHODS)
    yield _line("---", *["---:"] * len(METHODS))
    for setting in settings:
        cells = []
        for method in METHODS:
            row = rows.get((setting.name, method))
            cell = "" if row is None or not row.score.tables else _short(row.score)
            cells.append(f"**{cell}**" if method in setting.named and cell else cell)
        yield _line(setting.name, *cells)


def _short(score: Score) -> str:
    if not score.given:
        return "refused"
    return f"{100 * score.coverage:.1f}" if score.refused <= HALF else f"({100 * score.coverage:.1f})"


def _named(settings: Iterable[Setting], rows: Rows) -> Iterator[str]:
    yield _NAMED
    yield _line(
        "setting", "method", "tables", "coverage, %", "truth below", "truth above", "refused", "withheld", "93 %?"
    )
    yield _line("---", "---", *["---:"] * 6, "---")
    verdicts: Counter[str] = Counter()
    beyond_chance = 0
    for setting in settings:
        for method in setting.named:
            row = rows.get((setting.name, method))
            if row is None or not row.score.given:
                continue
            verdict = _verdict(row.score)
            verdicts[verdict] += 1
            beyond_chance += _least(row.score) - 2 * row.score.coverage_error >= ASKED
            over, under, withheld = _shares(row.score, row.score.over, row.score.under, row.score.withheld)
            refused = f"{row.score.refused:.1%}"
            least = f"{100 * _least(row.score):.1f}"
            figures = (f"{row.score.tables:,}", _coverage(row.score), over, under, refused, withheld, least)
            yield _line(setting.name, method, *figures, verdict)
    yield f"\nOf {verdicts.total()} pairs of setting and method: " + ", ".join(
        f"{count} {verdict.strip('*')}" for verdict, count in verdicts.most_common()
    )
    unsure = "the others are too near 93 %, or rest on too few tables, to be sure"
    yield f"({beyond_chance} of them by more than two standard errors; {unsure})."


def _verdict(score: Score) -> str:
    least = _least(score)
    if least >= ASKED:
        return "yes"
    return "within 2 s.e." if least + 2 * score.coverage_error >= ASKED else "**no**"


def _least(score: Score) -> float:
    """The least share of intervals with both limits that can hold the truth: as if none without one had missed it."""
    complete = score.given - score.withheld
    return 1 - (score.over + score.under) / complete if complete else 0.0


def _coverage(score: Score) -> str:
    return f"{100 * score.coverage:.1f} ± {100 * score.coverage_error:.1f}"


def _shares(score: Score, *counts: int) -> list[str]:
    return [f"{count / score.given:.1%}" for count in counts]


def _clean(rows: Rows) -> Iterator[str]:
    row = rows.get((CLEAN, "bic"))
    if row is None:
        return
    score = row.score
    yield "\n## Clean tables\n"
    yield (
        f"`bic` on {score.tables:,} tables of three, four and five independent lists in turn, of 500 to 20,000 people,"
        f" with chances of 2 to 30 %, drawn until every two lists had {FEWEST_TOGETHER} people in common: refused"
        f" {score.codes.total()} ({score.refused:.2%}; code {row.code})."
    )


def _always(settings: Iterable[Setting], rows: Rows) -> Iterator[str]:
    names: dict[tuple[str, str], list[str]] = defaultdict(list)
    measured: dict[str, list[str]] = defaultdict(list)
    for setting in settings:
        for method in METHODS:
            row = rows.get((setting.name, method))
            if row is None or not row.score.tables:
                continue
            measured[method].append(setting.name)
            if not row.score.given:
                names[method, ", ".join(sorted(row.score.codes))].append(setting.name)
    if not names:
        return
    yield "\n## Refused every time\n"
    yield "These have no rows below.\n"
    for (method, codes), where in sorted(names.items()):
        others = [name for name in measured[method] if name not in where]
        if len(where) <= len(others):
            yield f"- `{method}` ({codes}): {'; '.join(where)}."
        else:
            yield f"- `{method}` ({codes}): all {len(measured[method])} settings but {'; '.join(others) or 'none'}."


def _details(setting: Setting, rows: Rows) -> Iterator[str]:
    found = [rows[setting.name, method] for method in METHODS if (setting.name, method) in rows]
    found = [row for row in found if row.score.given]
    if not found:
        return
    chances = ", ".join(f"{name} {chance:g}" for name, chance in setting.scenario.capture.items())
    yield f"\n### {setting.name}\n\nChances: {chances}.\n"
    yield _line(
        "method", "tables", "refused", "coverage, %", "truth below", "truth above", "open", "withheld", "bias", "width",
        "score", "CPU s", "code",
    )  # fmt: skip
    yield _line("---", *["---:"] * 11, "---")
    for row in found:
        yield _detail(row, row.score.method in setting.named)


def _detail(row: Row, is_named: bool) -> str:
    score = row.score
    codes = ", ".join(f"{code} {count}" for code, count in score.codes.most_common())
    return _line(
        f"**{score.method}**" if is_named else score.method,
        f"{score.tables:,}",
        f"{score.refused:.1%}" + (f" ({codes})" if codes else ""),
        _coverage(score),
        *_shares(score, score.over, score.under, score.open, score.withheld),
        f"{score.bias:+.1%}",
        f"{score.width:.2f}",
        f"{score.interval_score:.2f}",
        f"{score.seconds:.2g}",
        row.code,
    )


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


_HEAD = f"""# How often the intervals hold the truth

Every method on simulated tables of known size, run as an analyst runs it: level 95 %, adaptive bootstrap, everything
else by default (only the latent classes are asked for less than for publication: {EFFORT.tail_ess:g} effective draws
and an R-hat of {EFFORT.r_hat:g}). Made by `python -m benchmarks.estimation_coverage`, which goes on where it stopped;
this page is `--page` of the counts beside it.

A setting is a population and the way its lists reach it. A method is *named* for a setting when the setting meets what
the method assumes: there its intervals should hold the truth 95 times in 100, and at least 93. Where it is not named,
its figure says what happens when its assumption fails.

Some names were changed after measuring, so that the list of named pairs is in part chosen by its own figures:

- taken away: `threshold` everywhere (it takes the pairs that it keeps as given); `stepwise` and `bma` for 500 people
  and a pair of odds 3 (in so few people the dependence is often not seen);
- given: `coverage` for heterogeneity 0.5 with high coverage. Missed links break the assumption of every method; at 1
  and 2 % those are named that bear it, and at 5 % none does."""

_VIEW = """
## In one view

The share of 95 % intervals that hold the truth, in per cent, among the tables that were not refused; for `chao`, a
bound, the share of lower limits below the truth. Bold where the method is named; in brackets where it refused more than
half of the tables; "refused" means every table; an empty cell was not measured.
"""

_NAMED = """
## The methods named for a setting

"Truth below" and "truth above" are the shares of intervals that lie above and below the truth: the two tails. The
standard error stands beside the coverage. "Withheld" are intervals of which a limit is not given; in the coverage it
counts as holding the truth, which flatters. "Complete" is the least that the coverage of the intervals with both limits
can be (as if every miss were theirs), and the last column asks it for 93 %.
"""

_COLUMNS = f"""\
"Open" is the share of upper limits that the data leave open; "withheld" of intervals with a limit that is not given,
because its adjusted level leaves fewer than 20 replicates beyond it or it shuts out the estimate (it counts as
holding the truth). Bias is the geometric mean of estimate / truth, less 1; width (geometric mean) and interval
score (mean; smaller is better) are in units of the truth, of intervals with both limits. The code is the commit of
the estimators; several where the run went on after a change. Until {EXTENDED}, adaptive bootstrap stopped at 8,000
replicates; since then it goes on to 64,000 for a limit that fewer do not give."""
