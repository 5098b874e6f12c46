"""Pages of a source: what each role sees of it, and how it is changed."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.text.extract.build import docx, paragraph

from tumen.archive.changes import change
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.reading import public
from tumen.guard.services import enrol
from tumen.sources import queries, services
from tumen.sources.errors import CircularCitation
from tumen.sources.models import Citation, Original, Source
from tumen.text import match_query

pytestmark = pytest.mark.usefixtures("clean")
WORDS = "They walked to the river at night."
NAME = "Kim Yong-hui.txt"


def word(source: Source, name: str) -> str:
    return public(source, name).text


def take(compartment: Compartment, words: str = WORDS, **facts: Any) -> Source:
    facts = {"kind": "news", "title": "A story", **facts}
    return services.take_in(0, io.BytesIO(words.encode()), NAME, compartment, **facts).source


@pytest.fixture
def source(main: Compartment) -> Source:
    return take(main)


@pytest.fixture
def as_role(member: Callable[[str], User]) -> Callable[[str], Client]:
    def log_in(role: str) -> Client:
        client = Client()
        client.force_login(member(role))
        return client

    return log_in


def html(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def found(words: str, table: str = "text_tokens") -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [match_query(words)])
        return [row for (row,) in cursor.fetchall()]


def original_url(source: Source) -> str:
    return f"/sources/{source.pk}/originals/{queries.originals(source)[0].pk}/"


def text_url(source: Source) -> str:
    return f"/sources/{source.pk}/texts/{queries.texts(source)[0].pk}/"


def form_of(client: Client, source: Source, **values: Any) -> dict[str, Any]:
    """The edit form as a browser would send it back, with some fields changed."""
    form = client.get(f"/sources/{source.pk}/edit/").context["form"]
    return {name: form[name].value() or "" for name in form.fields} | values


def test_an_investigator_sees_everything(client: Client, source: Source) -> None:
    page = html(client, f"/sources/{source.pk}/")
    assert NAME in page
    assert queries.originals(source)[0].sha256 in page
    assert "taken in" in page
    assert WORDS in html(client, text_url(source))
    answer = client.get(original_url(source))
    assert b"".join(answer.streaming_content) == WORDS.encode()  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == f'attachment; filename="{NAME}"'


def test_an_analyst_reads_no_text_until_its_names_were_reviewed_and_no_file_at_all(
    as_role: Callable[[str], Client], source: Source
) -> None:
    client = as_role(Membership.Role.ANALYST)
    page = html(client, f"/sources/{source.pk}/")
    assert "name hidden" in page
    assert NAME not in page
    assert WORDS not in html(client, text_url(source))
    with change(0, "reviewed") as c:
        services.names.review(c, queries.texts(source)[0], 0)
    assert WORDS in html(client, text_url(source))
    assert client.get(original_url(source)).status_code == 403


def test_a_reader_of_coded_facts_opens_neither_text_nor_file(as_role: Callable[[str], Client], source: Source) -> None:
    client = as_role(Membership.Role.READER)
    page = html(client, f"/sources/{source.pk}/")
    assert NAME not in page
    assert queries.originals(source)[0].sha256 not in page
    assert "/edit/" not in page
    for url in (text_url(source), original_url(source)):
        answer = client.get(url)
        assert (answer.status_code, WORDS in answer.content.decode()) == (403, False)


def test_a_source_of_another_compartment_is_not_there(client: Client, secret: Compartment) -> None:
    hidden = take(secret)
    for url in (f"/sources/{hidden.pk}/", f"/sources/{hidden.pk}/edit/", original_url(hidden), text_url(hidden)):
        assert client.get(url).status_code == 404, url
    assert client.post(f"/changes/{hidden.change}/undo/").status_code == 403


def test_what_belongs_to_another_source_is_not_there(client: Client, source: Source, secret: Compartment) -> None:
    hidden = take(secret, "Another story.")
    original, text = queries.originals(hidden)[0].pk, queries.texts(hidden)[0].pk
    assert client.get(f"/sources/{source.pk}/originals/{original}/").status_code == 404
    assert client.get(f"/sources/{source.pk}/texts/{text}/").status_code == 404


def test_who_may_not_write_may_not_change(as_role: Callable[[str], Client], source: Source) -> None:
    client = as_role(Membership.Role.ANALYST)
    for url in (f"/sources/{source.pk}/edit/", f"/sources/{source.pk}/citations/", f"/changes/{source.change}/undo/"):
        assert client.post(url, {"cites": "1"}).status_code == 403, url
    assert client.get("/sources/add/").status_code == 403


def test_a_visitor_is_asked_to_log_in(source: Source) -> None:
    answer = Client().get(f"/sources/{source.pk}/")
    assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_a_source_is_edited(client: Client, source: Source) -> None:
    sent = form_of(client, source, title="Better", published="spring 2012", note="Ask again.", status="coding")
    assert client.post(f"/sources/{source.pk}/edit/", sent)["Location"] == f"/sources/{source.pk}/"
    edited = Source.objects.get()
    assert (word(edited, "title"), edited.published, edited.status, edited.version) == (
        "Better",
        "2012-21",
        "coding",
        2,
    )
    page = html(client, f"/sources/{source.pk}/")
    assert "Ask again." in page
    assert "title" in page


def test_wrong_values_are_told_beside_their_field(client: Client, source: Source) -> None:
    sent = form_of(client, source, published="2011-02-30", title="", kind="gossip")
    answer = client.post(f"/sources/{source.pk}/edit/", sent)
    assert set(answer.context["form"].errors) == {"published", "title", "kind"}
    assert Source.objects.get().version == 1


def test_edits_of_different_fields_are_put_together(client: Client, source: Source) -> None:
    mine = form_of(client, source, publisher="A paper")
    client.post(f"/sources/{source.pk}/edit/", form_of(client, source, title="Theirs"))
    client.post(f"/sources/{source.pk}/edit/", mine)
    edited = Source.objects.get()
    assert (word(edited, "title"), word(edited, "publisher")) == ("Theirs", "A paper")


def test_two_edits_of_one_field_are_shown_side_by_side_and_the_choice_is_saved(client: Client, source: Source) -> None:
    mine = form_of(client, source, title="Mine", publisher="A paper", note="My note")
    client.post(f"/sources/{source.pk}/edit/", form_of(client, source, title="Theirs", channel="by mail"))
    answer = client.post(f"/sources/{source.pk}/edit/", mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert all(title in page for title in ("A story", "Theirs", "Mine"))
    assert word(Source.objects.get(), "title") == "Theirs"
    rows = answer.context["rows"]
    assert [row["name"] for row in rows if row["differs"]] == ["title"]
    chosen = {row["name"]: row["mine_value"] if row["differs"] else row["keeps"] for row in rows}
    client.post(f"/sources/{source.pk}/edit/", {**chosen, "base": answer.context["base"]})
    edited = Source.objects.get()
    assert (word(edited, "title"), word(edited, "publisher"), word(edited, "channel")) == ("Mine", "A paper", "by mail")
    assert "My note" in html(client, f"/sources/{source.pk}/")


def test_a_source_is_not_moved_where_one_may_not_write(client: Client, source: Source, secret: Compartment) -> None:
    answer = client.post(f"/sources/{source.pk}/edit/", form_of(client, source, compartment=secret.pk))
    assert "compartment" in answer.context["form"].errors


def test_a_change_is_taken_back_from_the_history(client: Client, source: Source) -> None:
    client.post(f"/sources/{source.pk}/edit/", form_of(client, source, title="Wrong"))
    seq = Source.objects.get().change
    assert f'action="/changes/{seq}/undo/"' in html(client, f"/sources/{source.pk}/")
    client.post(f"/changes/{seq}/undo/")
    assert word(Source.objects.get(), "title") == "A story"


def test_a_title_that_is_taken_back_is_searched_as_it_was(client: Client, source: Source) -> None:
    client.post(f"/sources/{source.pk}/edit/", form_of(client, source, title="Wrong"))
    client.post(f"/changes/{Source.objects.get().change}/undo/")
    assert (found("story"), found("wrong")) == ([source.pk], [])


def test_undoing_a_correction_makes_passages_findable_by_their_old_words(client: Client, source: Source) -> None:
    old = queries.texts(source)[0]
    with change(1, "coded") as c:
        passage = services.add_passage(c, old, 0, len(WORDS))
    with change(1, "text corrected") as c:
        services.correct_text(c, old, WORDS.replace("river", "ford"))
    assert (found("ford", "passage_tokens"), found("river", "passage_tokens")) == ([passage.pk], [])
    client.post(f"/changes/{c.seq}/undo/")
    assert (found("ford", "passage_tokens"), found("river", "passage_tokens")) == ([], [passage.pk])


def test_a_source_is_not_moved_back_where_one_may_not_write(
    client: Client, main: Compartment, secret: Compartment
) -> None:
    source = take(secret)
    with change(1, "moved") as c:
        services.edit_source(c, source, source.version, compartment=main)
    assert client.post(f"/changes/{c.seq}/undo/").status_code == 403
    assert Source.objects.get().compartment == main


def test_a_source_that_was_added_by_mistake_goes_and_its_bytes_can_come_again(
    client: Client, source: Source, main: Compartment
) -> None:
    answer = client.post(f"/changes/{source.change}/undo/", {"next": "/sources/"})
    assert answer["Location"] == "/sources/"
    assert client.get(f"/sources/{source.pk}/").status_code == 404
    assert take(main) != source


def test_a_source_rests_on_another_found_by_number_or_title(client: Client, source: Source, main: Compartment) -> None:
    origin = take(main, "The first report.", title="The first report")
    client.post(f"/sources/{source.pk}/citations/", {"cites": "first rep"})
    client.post(f"/sources/{source.pk}/citations/", {"cites": str(origin.pk)})
    citation = Citation.objects.get()
    assert "The first report" in html(client, f"/sources/{source.pk}/")
    assert "Sources that rest on this one" in html(client, f"/sources/{origin.pk}/")
    client.post(f"/sources/{source.pk}/citations/{citation.pk}/remove/")
    assert "The first report" not in html(client, f"/sources/{source.pk}/")


def test_a_citation_that_fits_none_or_several_is_told(client: Client, source: Source, main: Compartment) -> None:
    take(main, "One more.", title="A story, continued")
    for words, told in (("nothing like it", "No source has"), ("a story", "Several sources"), ("99", "no source 99")):
        answer = client.post(f"/sources/{source.pk}/citations/", {"cites": words}, follow=True)
        assert told in answer.content.decode()
    assert Citation.objects.count() == 0


def test_no_source_rests_on_itself(source: Source, main: Compartment) -> None:
    second, third = take(main, "Two."), take(main, "Three.")
    with change(0, "citations") as c:
        services.cite(c, source, second)
        services.cite(c, second, third)
        for circle in (source, third):
            with pytest.raises(CircularCitation):
                services.cite(c, third, source if circle is source else third)


def test_a_cited_source_out_of_sight_is_counted_and_not_named(
    client: Client, source: Source, secret: Compartment
) -> None:
    hidden = take(secret, "Hidden.", title="A hidden one")
    with change(0, "citations") as c:
        services.cite(c, source, hidden)
    page = html(client, f"/sources/{source.pk}/")
    assert "A hidden one" not in page
    assert "Hidden from you: 1" in page
    answer = client.post(f"/sources/{source.pk}/citations/", {"cites": "hidden"}, follow=True)
    assert "A hidden one" not in answer.content.decode()


def test_the_same_bytes_out_of_sight_are_not_betrayed_to_an_uploader(
    client: Client, main: Compartment, secret: Compartment
) -> None:
    take(secret)
    file = io.BytesIO(WORDS.encode())
    file.name = "mine.txt"
    answer = client.post("/sources/add/", {"kind": "news", "compartment": main.pk, "files": file})
    assert answer["Location"] == f"/sources/{Source.objects.latest('pk').pk}/"


def test_claims_of_the_adopted_coding_are_counted(client: Client, source: Source) -> None:
    from tumen.coding.models import Coding, Party

    with change(0, "coded") as c:
        for adopted in (True, False):
            coding = c.insert(Coding, source=source, coder=1, adopted=adopted)
            c.insert(Party, coding=coding, kind="person")
    assert [(model.__name__, count) for model, count in queries.claims(source)] == [("Party", 1)]
    assert "<dd>1</dd>" in html(client, f"/sources/{source.pk}/")


def test_warnings_of_the_reader_stand_on_the_page(client: Client, main: Compartment) -> None:
    data = docx(paragraph("Words."), parts={"word/comments.xml": "<c/>"})
    taken = services.take_in(0, io.BytesIO(data), "x.docx", main, kind="news")
    assert "comments" in html(client, f"/sources/{taken.source.pk}/")
    assert Original.objects.get().warnings


def test_an_erased_original_is_not_offered(client: Client, source: Source) -> None:
    from tumen.archive import identity

    identity.destroy([queries.originals(source)[0].pk, queries.texts(source)[0].pk])
    page = html(client, f"/sources/{source.pk}/")
    assert "Erased" in page
    assert client.get(original_url(source)).status_code == 404
    assert "was erased" in html(client, text_url(source))


def test_members_of_two_compartments_with_different_rights_write_where_they_may(
    client: Client, investigator: User, secret: Compartment
) -> None:
    with change(0, "reads there") as c:
        enrol(c, investigator, secret, Membership.Role.READER)
    shown = take(secret)
    assert "/edit/" not in html(client, f"/sources/{shown.pk}/")
    assert client.get(f"/sources/{shown.pk}/edit/").status_code == 403
