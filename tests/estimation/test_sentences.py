"""Whatever estimation says can be told in English, Korean and Chinese."""

from __future__ import annotations

import pickle
import re
import string
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from tests.estimation.data import table_of

from tumen import estimation
from tumen.estimation import (
    AnalysisPlan,
    Bootstrap,
    CaptureTable,
    Comparison,
    Estimate,
    FrequencyCounts,
    LogLinear,
    Outcome,
    Population,
    Refusal,
    Settings,
    Verdict,
    combine_linkages,
    compare,
    doubly_robust,
    lay_summary,
    one_source,
)
from tumen.estimation.sentences import LANGUAGES, Language, Sentence, run_on, say, tell, words

SOURCE = Path(estimation.__file__).parent
QUICK = Settings(bootstrap=Bootstrap("auto", 250))
ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b ){3,}")  # four English words in a row


def placeholders(text: str) -> list[tuple[str, str]]:
    parsed = string.Formatter().parse(text)
    return sorted((name, form or "") for _, name, form, _ in parsed if name is not None)


@pytest.mark.parametrize("key", words())
def test_a_sentence_is_there_in_every_language_with_the_same_placeholders(key: str) -> None:
    told = words()[key]
    assert set(told) == set(LANGUAGES)
    assert len({tuple(placeholders(told[language])) for language in LANGUAGES}) == 1
    if told["en"]:
        assert not ENGLISH.search(told["ko"]) and not ENGLISH.search(told["zh"])


def test_no_key_stands_in_two_files() -> None:
    files = (SOURCE / "words").glob("*.toml")
    keys = [key for file in files for key in re.findall(r"^\[(\w+)\]", file.read_text("utf-8"), re.MULTILINE)]
    assert sorted(keys) == sorted(set(keys)) == sorted(words())


def test_every_sentence_is_said_somewhere_and_every_one_said_exists() -> None:
    code = "\n".join(file.read_text("utf-8") for file in SOURCE.rglob("*.py"))
    said = set(re.findall(r"[\"'](\w+)[\"']", code))
    begun = tuple(re.findall(r"say\(f[\"'](\w+)\{", code))
    ended = tuple(re.findall(r"say\(f[\"']\{\w+\}(\w+)[\"']", code))
    assert [key for key in words() if key not in said and not key.startswith(begun) and not key.endswith(ended)] == []
    assert [key for key in re.findall(r"\bsay\(\s*\"(\w+)\"", code) if key not in words()] == []


def test_a_sentence_is_english_text_that_can_be_told_again() -> None:
    reason = say("method_refuses", method="bic", reason=say("nobody_on_both", pairs=("A&B", "C&D")))
    assert reason == "bic refuses: Nobody is on both of A&B, C&D."
    assert tell(reason, "zh") == "bic 方法不给出数字：以下各对名单没有共同的人：A&B、C&D。"
    assert tell(run_on((reason, say("verdict_no_single_figure"))), "ko").endswith("하나의 수치를 제시할 수 없습니다.")
    assert tell("a list's name", "ko") == "a list's name"
    assert tell(pickle.loads(pickle.dumps(reason)), "ko") == tell(reason, "ko")  # noqa: S301


@pytest.mark.parametrize("missing", [{}, {"method": "bic"}])
def test_a_sentence_that_lacks_a_value_is_a_mistake_of_the_program(missing: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        say("method_refuses", **missing)


def population(last: date = date(2013, 12, 31), closed: bool = False) -> Population:
    window = (date(2013, 1, 1), last)
    return Population("people detained", window, window, "one city", "nobody", closed)


def planned(table: CaptureTable, *methods: str, sealed: bool = True, last: date = date(2013, 12, 31)) -> Comparison:
    methods = methods or ("bic", "stepwise", "bma", "threshold", "chao", "coverage")
    plan = AnalysisPlan(population(last), table.lists, methods=methods, verdict=Verdict(methods))
    return compare(table, plan.seal() if sealed else plan, settings=QUICK)


@cache
def comparisons() -> list[Comparison]:
    """Tables chosen so that between them every method answers, and refuses in most of its ways."""
    sound = table_of(400, 500, 80, 600, 90, 70, 30)
    scant = table_of(40, 30, 6, 20, 0, 0, 0)
    apart = table_of(40, 30, 0, 20, 0, 0, 0)
    impossible = CaptureTable(("A", "B", "C"), scant.counts, frozenset({5}))
    clustered = CaptureTable.from_individuals(
        {"A": [1, 1, 0, 1] * 30, "B": [1, 0, 1, 0] * 30, "C": [0, 1, 1, 0] * 30, "event": [*range(60)] * 2},
        lists=["A", "B", "C"],
        cluster="event",
    )
    within = table_of(0, 50, 30, 60, 0, 9, 12)
    return [
        compare(sound, methods=("bic", "stepwise", "bma", "threshold", "chao", "coverage"), settings=QUICK),
        compare(
            table_of(48, 58, 8), methods=("bic", "stepwise", "bma", "threshold", "chao", "coverage"), settings=QUICK
        ),
        *(planned(table) for table in (sound, scant, apart, impossible, clustered, within)),
        planned(sound, "bic", "stepwise", sealed=False),
        planned(sound, "bic", last=date(2020, 12, 31)),
        planned(table_of(0, 0, 5, 0, 5, 5, 0), "bic", "stepwise"),
    ]


def others() -> list[Outcome]:
    people = {"A": [1, 0] * 40, "B": [1] * 80}
    table = CaptureTable.from_individuals(people, lists=["A", "B"])
    return [
        doubly_robust(table, covariates={"age": [*range(80)]}),
        one_source(FrequencyCounts(np.array([0, 900, 60, 20, 5]))),
        one_source(FrequencyCounts(np.array([0, 90, 60, 20])), method="poisson"),
        one_source(FrequencyCounts(np.array([0, 9, 0]))),
        combine_linkages([table_of(40, 30, 0), table_of(40, 30, 0)], settings=QUICK),
        LogLinear("[A B][A C][B C]").fit(table_of(40, 30, 6, 20, 0, 5, 0)),
        LogLinear("[A B][A C][B C]").fit(table_of(40, 30, 6, 20, 8, 5, 0)),
    ]


def sentences(outcome: Outcome) -> Iterator[object]:
    if isinstance(outcome, Refusal):
        yield outcome.reason
    if isinstance(outcome, Estimate):
        yield outcome.assumption
        yield from [outcome.prior] if outcome.prior is not None else []
        yield from outcome.warnings
        note = outcome.interval(0.95).note
        yield from [note] if note is not None else []
    if outcome.certificate is not None:
        yield outcome.certificate.why


def test_every_reason_assumption_and_warning_can_be_told_in_every_language() -> None:
    found = [outcome for comparison in comparisons() for outcome in comparison.outcomes.values()]
    plain = [said for outcome in [*found, *others()] for said in sentences(outcome) if not isinstance(said, Sentence)]
    assert plain == []
    for comparison in comparisons():
        finding = comparison.verdict
        notes = [curve.note for curve in comparison.sensitivity("bic") if curve.note is not None]
        assert all(isinstance(said, Sentence) for said in (*finding.reasons, *finding.cautions, finding.text, *notes))
        assert all(isinstance(said, Sentence) for said in comparison.table.flags())


@pytest.mark.parametrize("language", ["ko", "zh"])
def test_a_summary_holds_no_english_sentence(language: Language) -> None:
    for comparison in comparisons():
        plan = comparison.plan
        named = population() if plan is None else plan.population
        text = lay_summary(comparison, language)
        for own in (named.description, named.area, named.excluded):
            text = text.replace(own, "")
        assert not ENGLISH.search(text), ENGLISH.search(text)


def test_a_summary_says_what_the_absence_of_any_figure_means() -> None:
    apart = compare(table_of(40, 30, 0), methods=("bic", "chao"), settings=QUICK)
    assert "It does not mean that nobody is missing" in lay_summary(apart)
    assert "빠진 사람이 없다는 뜻이 아닙니다" in lay_summary(apart, "ko")
