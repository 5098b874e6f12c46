"""The archive's own lists: loaded, replaced, retired, and who uses them."""

from __future__ import annotations

import pytest
from django.utils import translation
from tests.coding.conftest import Desk

from tumen import vocabularies as shipped
from tumen.archive import folder, versions
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.undo import undo
from tumen.coding import reference
from tumen.coding.errors import BadClaim, BadList
from tumen.coding.models import Term
from tumen.coding.queries import lists
from tumen.coding.queries.usage import used_codes
from tumen.coding.services import list_files
from tumen.coding.services import reference as verbs
from tumen.guard.masks import SYSTEM
from tumen.vocabularies import VocabularyFileError

SEX = """list = "sex"
title = { en = "Sex" }
[[term]]
code = "male"
label = { en = "Man", ko = "남성" }
[[term]]
code = "unrecorded"
label = { en = "Not recorded" }
"""


@pytest.fixture
def furnished(desk: Desk) -> Desk:
    bulk = open_bulk(desk.user.pk, "vocabularies", kind="init")
    verbs.load_terms(bulk, shipped.load())
    bulk.close()
    return desk


def test_the_archives_lists_equal_the_shipped_ones_after_init(furnished: Desk) -> None:
    own = reference.vocabularies()
    assert own is not shipped.load()
    assert list(own) == list(shipped.load())


def test_an_archive_without_terms_answers_with_the_shipped_lists(archive: folder.Archive) -> None:
    assert reference.vocabularies() is shipped.load()


def test_a_used_term_that_a_new_file_lacks_is_retired_and_an_unused_one_goes(furnished: Desk) -> None:
    woman = furnished.woman()
    done = list_files.load(furnished.user.pk, "sex.toml", SEX.encode())
    sex = reference.vocabularies()["sex"]
    assert sex.codes == ("male", "unrecorded", "female") or set(sex.codes) == {"male", "unrecorded", "female"}
    assert sex.term("female").retired is not None
    assert sex.label("male") == "Man"
    assert "1 added" in done.words
    # The record keeps its code, and may be saved with it; nobody else is offered it.
    from tumen.coding.models import Party

    furnished.edit(Party.objects.get(pk=woman), {"sex": "female", "occupation": "farmer"})
    with pytest.raises(BadClaim) as error:
        furnished.woman()
    assert "retired" in str(error.value)


def test_a_load_is_one_change_and_undone_as_one(furnished: Desk) -> None:
    before = reference.vocabularies()["sex"]
    list_files.load(furnished.user.pk, "sex.toml", SEX.encode())
    undo(furnished.user.pk, versions.newest())
    assert reference.vocabularies()["sex"] == before


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("sex.toml", b'list = "sex"\n[[term]]\ncode = "Fe male"\nlabel = { en = "x" }', "row 1"),
        ("sex.csv", b"code,label_en,colour\nmale,Man,red", "colour"),
        ("sex.doc", b"", "ending"),
        ("sex.toml", b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_bad_file_is_refused_with_file_row_and_field(furnished: Desk, name: str, data: bytes, says: str) -> None:
    newest = versions.newest()
    with pytest.raises(VocabularyFileError) as error:
        list_files.load(furnished.user.pk, name, data)
    assert name in str(error.value) and says in str(error.value)
    assert versions.newest() == newest


def test_a_retired_term_names_what_to_use_instead_and_can_be_brought_back(furnished: Desk) -> None:
    with change(furnished.user.pk, "too vague") as c:
        verbs.retire(c, "act_type", "liberty.assault.beaten", "liberty.assault.beaten.hands")
    with pytest.raises(BadClaim) as error:
        furnished.record("act", {"type": "liberty.assault.beaten", "victim": furnished.woman()})
    assert reference.label("act_type", "liberty.assault.beaten.hands") in str(error.value)
    with change(furnished.user.pk, "not so vague") as c:
        verbs.bring_back(c, "act_type", "liberty.assault.beaten")
    furnished.record("act", {"type": "liberty.assault.beaten", "victim": furnished.woman()})


def test_a_term_is_not_replaced_by_one_that_is_not_there(furnished: Desk) -> None:
    with pytest.raises(BadList), change(furnished.user.pk, "retire") as c:
        verbs.retire(c, "sex", "male", "masculine")


def test_uses_are_counted_over_columns_and_marks_and_summed_upwards(furnished: Desk) -> None:
    woman = furnished.woman()
    furnished.record("act", {"type": "liberty.assault.beaten", "victim": woman, "circumstances": ["alone", "hungry"]})
    assert used_codes("circumstance") == {"alone": 1, "hungry": 1}
    rows = {row.term.code: row for row in lists.rows(SYSTEM, reference.vocabularies()["act_type"])}
    assert (rows["liberty.assault.beaten"].used, rows["liberty"].used, rows["liberty"].used_below) == (1, 0, 1)


def test_a_list_page_names_what_belongs_elsewhere_by_its_label_in_the_language_of_the_page(furnished: Desk) -> None:
    with translation.override("ko"):
        rows = {row.term.code: row for row in lists.rows(SYSTEM, reference.vocabularies()["act_type"])}
    arrest = rows["liberty.arrest.border"]
    assert arrest.excludes == (
        "그 뒤 갇혀 있던 기간(구금됨), 개인에게 붙잡혀 간 것(납치·억류·유괴).",
        "사망(생명권), 구금된 사람의 처우(피의자와 구금자의 권리), 송환과 추방(이주 및 주거권).",
    )
    assert arrest.counting_rule.startswith("붙잡힐 때마다 1건")


def test_a_rule_stored_before_rules_had_languages_is_read_as_english(furnished: Desk) -> None:
    kept = reference._term(Term(list="sex", code="male", data={"label": {"ko": "남성"}, "counting_rule": "one each"}))
    assert (kept.counting_rule.en, kept.label.ko) == ("one each", "남성")


def test_a_groups_own_place_joins_the_gazetteer_and_can_be_coded(furnished: Desk) -> None:
    csv = "code,parent,kind,name_en,name_ko,name_zh\nKP-09.onsong.lower,KP-09.onsong,town,Lower village,아랫마을,\n"
    list_files.load(furnished.user.pk, "places.csv", csv.encode())
    assert "Lower village" in reference.places().path("KP-09.onsong.lower")
    furnished.record("act", {"type": "liberty.arrest", "victim": furnished.woman(), "place": "KP-09.onsong.lower"})
    with pytest.raises(BadList):
        list_files.load(furnished.user.pk, "places.csv", csv.replace("KP-09.onsong,", "KP-99,").encode())


def test_a_term_row_says_what_the_term_said(furnished: Desk) -> None:
    for vocabulary in shipped.load():
        rows = Term.objects.filter(list=vocabulary.code).order_by("position")
        assert [row.code for row in rows] == list(vocabulary.codes)
