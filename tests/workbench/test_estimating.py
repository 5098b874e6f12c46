from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tumen.archive.session import BAD_INPUT
from tumen.workbench.cli import main

TABLE = "A,B,C,count\n1,0,0,40\n0,1,0,50\n0,0,1,60\n1,1,0,8\n1,0,1,9\n0,1,1,7\n1,1,1,3\n"
PLAN = """
lists = ["A", "B", "C"]
methods = ["bic", "stepwise"]
[population]
description = "people detained"
event_window = [2013-01-01, 2013-12-31]
recording_window = [2013-01-01, 2013-12-31]
area = "one city"
excluded = "people who died in custody"
[verdict]
methods = ["bic", "stepwise"]
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(TABLE, "utf-8")
    return path


def said(*arguments: object) -> str:
    result = CliRunner().invoke(main, ["estimate", *(str(each) for each in arguments)])
    assert result.exit_code == 0, result.output
    return result.stdout


def objects(*arguments: object) -> list[dict[str, Any]]:
    return list(json.loads(said(*arguments, "--json")))


def test_json_has_an_object_a_method_and_the_verdict_last(table: Path) -> None:
    found = objects(table, "--method", "bic", "--bootstrap", 1000, "--level", 0.8)
    assert [each["method"] for each in found] == ["bic", "verdict"]
    bic, verdict = found
    wanted = {
        "method", "refused", "refusal_code", "reason", "estimate", "lower", "upper", "open", "level", "kind",
        "mc_error", "models", "assumption", "observed", "lists", "seed", "seconds_cpu",
    }  # fmt: skip
    assert wanted <= set(bic) and wanted <= set(verdict)
    assert (bic["observed"], bic["lists"], bic["seed"], bic["kind"]) == (177, ["A", "B", "C"], 1, "confidence")
    assert set(bic["mc_error"]) == {"estimate", "lower", "upper"}
    assert bic["lower"] < bic["estimate"] < bic["upper"]
    assert verdict["standing"] == "withheld" and "Population not stated, exploratory" in verdict["reason"]


def test_the_same_seed_gives_the_same_answer_whatever_the_threads(table: Path) -> None:
    def answer(*extra: object) -> list[dict[str, Any]]:
        found = objects(table, "--method", "stepwise", "--bootstrap", 500, *extra)
        return [{**each, "seconds_cpu": 0} for each in found]

    assert answer("--threads", 1) == answer("--threads", 3)
    assert answer("--seed", 2) != answer("--seed", 1)


def test_a_refusal_is_told_with_its_code(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("A,B,count\n1,0,4\n0,1,3\n", "utf-8")
    bic = objects(path, "--method", "bic")[0]
    assert bic["refused"] and bic["refusal_code"] == "NoOverlap" and bic["estimate"] is None
    assert "refused (NoOverlap)" in said(path, "--method", "bic")


def test_a_plan_decides_methods_and_gives_a_verdict(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(PLAN, "utf-8")
    found = objects(table, "--plan", path, "--bootstrap", 1000)
    assert [each["method"] for each in found] == ["bic", "stepwise", "verdict"]
    assert found[-1]["exploratory"] is True
    path.write_text(said("--plan", path, "--seal"), "utf-8")
    verdict = objects(table, "--plan", path, "--bootstrap", 1000)[-1]
    assert verdict["exploratory"] is False and verdict["standing"] in ("agreement", "no single figure")
    assert verdict["plan"] in path.read_text("utf-8")


def test_lists_are_hidden_from_the_others(table: Path) -> None:
    found = objects(table, "--consistency", "--method", "stepwise", "--bootstrap", 250)
    assert [each.get("hidden") for each in found] == ["A", "B", "C", None]
    assert "no evidence for the total" in said(table, "--consistency", "--method", "stepwise", "--bootstrap", 250)


def test_only_the_named_lists_are_used(table: Path) -> None:
    assert objects(table, "--lists", "C,A", "--method", "bic", "--bootstrap", 250)[0]["lists"] == ["C", "A"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A,B,count\n1,0,-4\n", "row 2"),
        ("A,B,count\n1,0,4\n0,0,1\n", "row 3"),
        ("A,B,count\n1,0,4\n1,0,1\n", "row 3"),
        ("A,count\n1,4\n", "row 1"),
    ],
)
def test_a_bad_table_is_one_line_that_names_the_row(tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["estimate", str(path)])
    assert result.exit_code == BAD_INPUT
    assert word in result.stderr and "Traceback" not in result.stderr


def test_pictures_are_written(table: Path, tmp_path: Path) -> None:
    said(table, "--method", "bic", "--bootstrap", 250, "--pictures", tmp_path / "pictures")
    assert (tmp_path / "pictures" / "estimates.svg").read_text("utf-8").startswith("<svg")


def test_the_command_loads_neither_django_nor_the_archive_and_asks_no_passphrase(table: Path) -> None:
    code = (
        "import sys; from tumen.workbench.cli import main; sys.argv = ['tumen', 'estimate', sys.argv[1], '--method',"
        " 'stepwise', '--bootstrap', '250', '--json']\n"
        "try: main()\nexcept SystemExit as end: assert not end.code, end.code\n"
        "loaded = {name.split('.')[0] for name in sys.modules}\n"
        "assert 'django' not in loaded, 'Django was loaded'\n"
        "assert 'sqlcipher3' not in loaded, 'the archive was loaded'\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(table)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)[-1]["method"] == "verdict"
