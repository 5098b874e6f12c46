from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.workbench.running import command, environment

from tumen.archive.session import BAD_INPUT, INTERRUPTED, USAGE
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
PROMISED = [
    "method", "refused", "refusal_code", "reason", "estimate", "lower", "upper", "open", "level", "kind", "mc_error",
    "models", "assumption", "observed", "lists", "seed", "seconds_cpu",
]  # fmt: skip


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
    assert set(PROMISED) <= set(bic) and set(PROMISED) <= set(verdict)
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


def test_a_list_whose_name_has_a_comma_is_named_in_quotes(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text('"Seoul, North",B,C,count\n1,0,0,40\n0,1,0,50\n0,0,1,9\n1,1,0,8\n', "utf-8")
    assert objects(table, "--lists", '"Seoul, North",B', "--method", "chao")[0]["lists"] == ["Seoul, North", "B"]


@pytest.mark.parametrize(
    ("text", "place", "word"),
    [
        ("A,B,count\n1,0,-4\n", "row 2, field count", "negative"),
        ("A,B,count\n1,0,4\n0,1,4.5\n", "row 3, field count", "whole number"),
        ("A,B,count\n1,0,\n", "row 2, field count", "0 for nobody"),
        ('A,B,count\n1,0,"1,131"\n', "row 2, field count", "digits only"),
        (f"A,B,count\n1,0,{2**53 + 1}\n", "row 2, field count", "2 to the 53"),
        (f"A,B,count\n1,0,{2**53}\n0,1,1\n", "field count", "add up to more than 2 to the 53"),
        ("A,B,count\n1,0,4\n0,0,1\n", "row 3", "take the row out"),
        ("A,B,count\n1,0,4\n1,0,1\n", "row 3", "Make one row of the two"),
        ("A,B,count\n1,2,4\n", "row 2, field B", "1 when the people are on list B"),
        ("A,B,count\n1,0,4\ntotal,,4\n", "row 3, field A", "must say 0 or 1"),
        ("A,B,count\n1,0,4,5\n", "row 2", "4 cells under 3 columns"),
        ("A,count\n1,4\n", "row 1", "One list alone"),
        ("1,0,4\n0,1,3\n", "row 1", "names each list"),
        ("A,B,n\n1,0,4\n", "row 1, field n", "Rename it"),
        ("count,A,B\n4,1,0\n", "row 1, field B", "Move the column count to the end"),
        ("A,A,count\n1,0,4\n", "row 1, field A", "rename one"),
        ("A,B,count\n", "table.csv", "Write a row"),
        ("A,B,count\n1,0,0\n", "field count", "the right file"),
        ("", "row 1", "name the columns"),
    ],
)
def test_a_bad_table_is_one_line_that_names_file_row_and_field_and_says_what_to_do(
    tmp_path: Path, text: str, place: str, word: str
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["estimate", str(path)])
    assert result.exit_code == BAD_INPUT
    assert result.stderr.count("\n") == 1 and "table.csv" in result.stderr
    assert place in result.stderr and word in result.stderr


@pytest.mark.parametrize(
    "written",
    [
        TABLE.encode("utf-8-sig"),
        TABLE.replace("\n", "\r\n").encode(),
        TABLE.replace(",", ";").encode(),
        TABLE.encode("utf-16"),
        TABLE.encode("utf-16-le"),
        TABLE.replace("\n", "\n\n").encode(),
        TABLE.replace("A,B,C", " A ,B, C").encode(),
    ],
    ids=["byte-order mark", "CRLF", "semicolons", "UTF-16", "UTF-16 without mark", "blank lines", "blanks"],
)
def test_a_table_as_spreadsheets_save_it_is_read(tmp_path: Path, written: bytes) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(written)
    found = objects(path, "--method", "chao")[0]
    assert (found["observed"], found["lists"]) == (177, ["A", "B", "C"])


@pytest.mark.parametrize("what", ["missing.csv", "."])
def test_a_table_that_is_not_there_or_a_folder_is_wrong_use(tmp_path: Path, what: str) -> None:
    result = CliRunner().invoke(main, ["estimate", str(tmp_path / what)])
    assert result.exit_code == USAGE and str(tmp_path) in result.stderr


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(bytes(range(256)) * 8)
    result = CliRunner().invoke(main, ["estimate", str(path)])
    assert result.exit_code == BAD_INPUT and "no text" in result.stderr


def test_json_is_strict_and_its_fields_are_those_promised(tmp_path: Path) -> None:
    """Every method, answering and refusing, with open and missing limits."""

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    path = tmp_path / "table.csv"
    kinds = set()
    for text in (TABLE, "A,B,C,count\n1,0,0,40\n0,1,0,30\n0,0,1,20\n1,1,0,6\n", "A,B,count\n1,0,4\n0,1,3\n1,1,1\n"):
        path.write_text(text, "utf-8")
        printed = said(path, "--bootstrap", 300, "--json")
        assert "traces" not in printed
        for each in json.loads(printed, parse_constant=refuse):
            assert set(PROMISED) <= set(each) and list(each)[: len(PROMISED)] == PROMISED
            assert set(each["mc_error"]) == {"estimate", "lower", "upper"}
            assert isinstance(each["open"], bool) and isinstance(each["refused"], bool)
            assert each["upper"] is None or not each["open"]
            if each["method"] != "verdict":
                assert each["refused"] == (each["estimate"] is None) == (each["refusal_code"] is not None)
                assert each["refused"] == (each["assumption"] is None)
                kinds.add((each["kind"], each["open"]))
    assert {("confidence", False), ("credible", False), ("bound", False), (None, False)} <= kinds
    assert any(is_open for _, is_open in kinds)


@pytest.mark.parametrize("language", ["en", "ko", "zh"])
def test_text_report_and_pictures_come_in_a_language(table: Path, tmp_path: Path, language: str) -> None:
    word = {"en": "people", "ko": "명", "zh": "人"}[language]
    extra = ("--method", "stepwise", "--bootstrap", 250, "--language", language)
    text = said(table, *extra, "--pictures", tmp_path / "pictures", "--report", tmp_path / "report.md")
    assert word in text.lower()
    for picture in (tmp_path / "pictures").iterdir():
        assert word in picture.read_text("utf-8").lower(), picture.name
    report = (tmp_path / "report.md").read_text("utf-8")
    assert re.findall(r"^## (\d+)\. \S", report, re.MULTILINE) == [str(item) for item in range(1, 19)]
    assert word in report and re.search(r"^stepwise +\d", report, re.MULTILINE)


def test_a_report_is_never_written_over_another_and_costs_no_run(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("mine", "utf-8")
    result = CliRunner().invoke(main, ["estimate", str(table), "--report", str(path)])
    assert result.exit_code == BAD_INPUT and "name another file" in result.stderr
    assert path.read_text("utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_told(table: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    where = tmp_path / "file" / "pictures"
    result = CliRunner().invoke(main, ["estimate", str(table), "--method", "chao", "--pictures", str(where)])
    assert result.exit_code == USAGE and f"{where} cannot be" in result.stderr and "Errno" not in result.stderr


def test_the_examples_can_be_used_as_they_are(tmp_path: Path) -> None:
    paths = {}
    for what, name in (("table", "t.csv"), ("plan", "p.toml"), ("scenario", "s.toml")):
        paths[what] = tmp_path / name
        paths[what].write_text(said("--example", what), "utf-8")
    paths["plan"].write_text(said("--plan", paths["plan"], "--seal"), "utf-8")
    verdict = objects(paths["table"], "--plan", paths["plan"], "--method", "bic", "--bootstrap", 300)[-1]
    assert verdict["exploratory"] is False
    scores = json.loads(said("--simulate", paths["scenario"], "--method", "chao", "--bootstrap", 300, "--json"))
    assert scores["truth"] == 3000 and scores["scores"][0]["tables"] == 20


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (PLAN.replace("one city", ""), "area is empty"),
        (PLAN.replace("area", "aera"), "unknown field aera"),
        (PLAN.replace('"C"]', '"D"]'), "D are not in the table"),
        ('sealed = "0"' + PLAN, "changed after it was sealed"),
        ("lists = [", "is not TOML"),
    ],
)
def test_a_bad_plan_is_one_line(table: Path, tmp_path: Path, text: str, word: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text, "utf-8")
    result = CliRunner().invoke(main, ["estimate", str(table), "--plan", str(path)])
    assert result.exit_code == BAD_INPUT and word in result.stderr, result.output
    assert "Traceback" not in result.stderr


def test_a_long_run_is_stopped_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "scenario.toml"
    path.write_text(said("--example", "scenario").replace("replicates = 20", "replicates = 100000"), "utf-8")
    running = subprocess.Popen(
        command("estimate", "--simulate", path, "--method", "chao"), env=environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    time.sleep(4)
    running.send_signal(signal.SIGINT)
    out, told = running.communicate(timeout=30)
    assert (running.returncode, out) == (INTERRUPTED, "")
    assert "Stopped" in told and "Traceback" not in told


def test_a_terminal_sees_which_method_is_running_and_a_pipe_does_not(table: Path) -> None:
    asked = command("estimate", table, "--method", "stepwise", "--bootstrap", "250", "--json")
    ours, theirs = pty.openpty()
    shown = subprocess.run(asked, env=environment(), stdout=subprocess.PIPE, stderr=theirs, check=True, timeout=120)
    os.close(theirs)
    assert b"Estimating" in (seen := os.read(ours, 10_000)) and b"stepwise" in seen
    os.close(ours)
    assert json.loads(shown.stdout)[-1]["method"] == "verdict"
    piped = subprocess.run(asked, env=environment(), capture_output=True, check=True, timeout=120)
    assert piped.stderr == b""


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
