"""Article 000 coded: who is counted, what is not, and which numbers come through whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.coding.conftest import everything

from tumen.archive import folder, versions
from tumen.archive.changes import change
from tumen.archive.models import Record
from tumen.coding.models import Act, Figure, Mark, Party, PracticeStatement, Quotation, Telling
from tumen.coding.queries.labels import Labels
from tumen.coding.services.coded_files import OtherDocument, apply_coded_file
from tumen.coding.services.codings import coding_for
from tumen.guard.models import Membership
from tumen.guard.reading import public
from tumen.guard.services import enrol, make_compartment, make_user
from tumen.sources import services as sources

FIXTURE = Path(__file__).parent / "fixtures" / "article_000.json"


class Article:
    """The coded article."""

    def __init__(self, document: str) -> None:
        self.user = make_user("coder", "a long password")
        with change(self.user.pk, "the article coded") as c:
            self.compartment = make_compartment(c, "main", "Main")
            enrol(c, self.user, self.compartment, Membership.Role.CODER)
            source = sources.add_source(c, "news.online", "An article", self.compartment, published="2023-03-28")
            self.text = sources.add_text(c, source, document, "en")
            self.coding = coding_for(c, source, self.user.pk)
            self.made = apply_coded_file(c, self.coding, self.text, json.loads(FIXTURE.read_text("utf-8")))
        self.names = Labels(everything(self), self.coding)  # type: ignore[arg-type]

    def act(self, ref: str) -> Act:
        return Act.objects.get(pk=self.made[ref].pk)

    def party(self, ref: str) -> Party:
        return Party.objects.get(pk=self.made[ref].pk)

    def types_of(self, victim: Record) -> set[str]:
        return set(versions.visible(Act.objects.filter(victim=victim.pk)).values_list("type", flat=True))


@pytest.fixture
def article(archive: folder.Archive, shared: Path) -> Iterator[Article]:
    document = shared / "data" / "documents" / "000.txt"
    if not document.is_file():
        pytest.skip("document 000 is not among the shared data")
    yield Article(document.read_text("utf-8").replace("\r\n", "\n"))


def test_one_unnamed_woman_was_sold_married_and_beaten(article: Article) -> None:
    woman = article.party("woman")
    assert (woman.kind, woman.sex) == ("person", "female")
    assert not woman.names.exists()
    assert article.types_of(woman) == {"liberty.sale.sold.marriage", "liberty.sale.wife", "liberty.assault.beaten"}
    assert {act.episode_id for act in (article.act("sale"), article.act("marriage"), article.act("beating"))} == {
        article.made["story"].pk
    }


def test_her_husband_has_no_name_and_is_buyer_and_beater(article: Article) -> None:
    husband = article.party("husband")
    assert not husband.names.exists()
    assert article.act("sale").transfer.buyer_id == husband.pk
    beating = article.act("beating").involvements.get()
    assert (beating.party_id, beating.agency) == (husband.pk, "private.partner")


def test_the_date_of_her_acts_is_unknown_and_not_the_year_of_publication(article: Article) -> None:
    for ref in ("sale", "marriage", "beating"):
        act = article.act(ref)
        assert (act.date, act.low, act.high, act.gaps["date"]) == ("", None, None, "unknown")


def test_one_named_returnee_was_detained_and_nothing_says_that_her_pregnancy_was_ended(article: Article) -> None:
    returnee = article.party("returnee")
    assert returnee.names.count() == 1
    assert article.types_of(returnee) == {"liberty.detention.holding"}
    detention = article.act("detention")
    assert detention.gaps["status_after"] == "unknown"
    assert "pregnant" in set(Mark.objects.filter(record=detention.pk).values_list("term", flat=True))


def test_the_strip_search_and_the_forced_abortion_were_done_to_groups(article: Article) -> None:
    search, abortion = article.act("strip search"), article.act("abortion")
    assert (search.type, search.victim.kind) == ("liberty.search.strip", "group")
    assert (abortion.type, abortion.victim.kind) == ("reproduction.abortion", "group")
    assert search.victim_id != abortion.victim_id
    assert search.involvements.get().degree == "ordered"
    assert search.incident_id == abortion.incident_id == article.act("detention").incident_id


def test_general_statements_are_practice_statements_and_add_no_act(article: Article) -> None:
    assert versions.visible(PracticeStatement.objects.all()).count() == 8
    assert versions.visible(Act.objects.all()).count() == 6
    persons = versions.visible(Party.objects.filter(kind="person", acts__isnull=False)).distinct()
    assert persons.count() == 2


def test_figures_carry_range_population_and_the_chain_they_came_through(article: Article) -> None:
    found = {
        (figure.low_milli, figure.high_milli, figure.unit, figure.per): str(public(figure, "chain")).split(" < ")
        for figure in versions.visible(Figure.objects.all()).order_by("-pk")
    }
    assert found[(70_000, 80_000, "share", "")][0] == "UCA News"
    assert found[(150_000_000, 200_000_000, "persons", "")][1:] == ["Global Rights Compliance"]
    assert found[(82_000_000, None, "acts", "")][1:] == ["Database Center for North Korean Human Rights"]
    assert found[(105_000_000_000, 105_000_000_000, "money", "year")] == ["UCA News", "iNews"]
    vague = Figure.objects.get(qualifier="hundred_thousands")
    assert (vague.low_milli, vague.high_milli) == (None, None)
    assert all(public(figure, "attributed_to") and public(figure, "counted") for figure in Figure.objects.all())


def test_quotations_have_their_speakers(article: Article) -> None:
    spoken = [str(article.names.party(row.speaker_id)) for row in Quotation.objects.order_by("pk")]
    assert spoken == ["A woman"] * 2 + ["Sofia Evangelou"] * 3 + ["Elizabeth Salmon"] * 2
    assert all(
        public(row, "role") and str(public(row, "chain")).startswith("UCA News") for row in Quotation.objects.all()
    )


def test_every_act_is_told_by_someone_through_someone(article: Article) -> None:
    for act in Act.objects.all():
        telling = Telling.objects.get(claim=act.pk)
        assert telling.stance == "supports"
        assert telling.informant_id is not None or telling.gaps["informant"] == "unknown"


def test_a_coded_file_is_refused_for_another_text(article: Article) -> None:
    data = json.loads(FIXTURE.read_text("utf-8"))
    with pytest.raises(OtherDocument), change(article.user.pk, "apply") as c:
        text = sources.add_text(c, article.text.source, "another text", "en")
        apply_coded_file(c, article.coding, text, data)


def test_the_coded_file_holds_codes_and_offsets_and_no_word_of_the_article() -> None:
    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            for one in value.values():
                yield from texts(one)
        elif isinstance(value, list):
            for one in value:
                yield from texts(one)

    data = json.loads(FIXTURE.read_text("utf-8"))
    for claim in data["claims"]:
        for word in texts(claim["values"]):
            assert " " not in word or word in ("strip search",), word
