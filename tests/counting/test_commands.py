"""`tumen search`, `table`, `export`: what they print, what they write, how they fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.counting.world import ACTOR, World

from tumen.archive.changes import change
from tumen.counting.queries import asking, listing
from tumen.guard.masks import SYSTEM
from tumen.sources.services import add_source, add_text
from tumen.workbench.cli import main


def tumen(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_search_finds_documents_that_nobody_has_coded(world: World) -> None:
    with change(ACTOR, "a document") as c:
        source = add_source(c, "news", "An article", world.main, language="ko")
        add_text(c, source, "그는 북경에서 붙잡혀 강제송환 되었다고 말했다.", "ko")
    answer = json.loads(tumen("search", "강제송환", "--json").stdout)
    assert answer["total"] == 5
    assert all(set(found) == {"id", "kind", "title", "snippet"} for found in answer["results"])
    assert [found["kind"] for found in answer["results"]] == ["source"] * 3 + ["act"] * 2
    article = next(found for found in answer["results"] if found["id"] == source.pk)
    assert (article["title"], "강제송환" in article["snippet"]) == ("An article", True)
    few = json.loads(tumen("search", "강제송환", "--json", "--limit", "1").stdout)
    assert (few["total"], len(few["results"])) == (5, 1)
    assert json.loads(tumen("search", "강제송환", "--unit", "acts", "--json").stdout)["total"] == 2


@pytest.mark.usefixtures("world")
def test_search_that_finds_nothing_says_so() -> None:
    result = tumen("search", "nowhere")
    assert (result.exit_code, result.stdout) == (1, "0 found\n")
    assert tumen("search", "-nowhere").exit_code != 0


@pytest.mark.usefixtures("world")
def test_tables_print_as_text_json_and_csv() -> None:
    assert "Dignity and liberty" in tumen("table", "T4").stdout
    data = json.loads(tumen("table", "t6", "--json").stdout)
    assert (data["total"], data["dims"], len(data["counts"])) == (
        4,
        ["type:1", "period:paper"],
        len(data["headers"][0]) + 1,
    )
    assert data["counts"][-1][-1] == 4
    assert tumen("table", "unit=victims&dims=sex", "--csv").stdout.lstrip("\ufeff").startswith("Sex of the victim,")
    assert data["values"] == ["principal value", "principal value"]
    column = [row[0] for row in data["shares"]["column"]]
    assert sum(column[:-1]) == pytest.approx(column[-1]) == pytest.approx(100)
    assert data["shares"]["all"][-1][-1] == 100
    alone = json.loads(tumen("table", "T3", "--json").stdout)
    assert (alone["values"], sorted(alone["shares"])) == (["multiple response"], ["all", "column"])
    totals = json.loads(tumen("table", "T1", "--json").stdout)["totals"]
    assert {row["unit"]: row["total"] for row in totals}["groups"] == 1


@pytest.mark.usefixtures("world")
def test_export_writes_the_list_and_never_over_a_file(tmp_path: Path) -> None:
    out = tmp_path / "acts.jsonl"
    assert tumen("export", "unit=acts&type=life", "--format", "jsonl", "--out", str(out)).exit_code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    total = listing.list_page(asking.parse("unit=acts&type=life"), SYSTEM, ACTOR, "en").head.total
    assert len(lines) == total + 1
    assert lines[-1]["about"]["Total"] == total
    again = tumen("export", "unit=acts", "--out", str(out))
    assert (again.exit_code, "there already" in again.output) == (4, True)
    assert tumen("export", "unit=acts&dims=type:1", "--out", str(tmp_path / "table.csv")).exit_code == 0
    assert tumen("export", "t4", "--out", str(tmp_path / "ready.csv")).exit_code == 0
    assert (tmp_path / "ready.csv").read_text("utf-8-sig").startswith('"Type of act')


@pytest.mark.usefixtures("world")
def test_wrong_questions_fail_with_a_reason_and_a_code() -> None:
    for arguments, said in (
        (("table", "unit=acts"), "dims="),
        (("table", "unit=acts&dims=tpye:1"), "did you mean type"),
        (("table", "T9"), "no ready table 'T9'"),
        (("export", "unit=acts&type=lfe", "--out", "x.csv"), "did you mean life"),
        (("export", "T1", "--out", "x.csv"), "tumen table T1 --csv"),
    ):
        result = tumen(*arguments)
        assert (result.exit_code, said in result.output) == (4, True), result.output
    assert not Path("x.csv").exists()


def test_every_command_explains_itself_with_an_example() -> None:
    for command in ("search", "table", "export"):
        assert "Example:" in tumen(command, "--help").output
