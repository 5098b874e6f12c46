"""What holds for every kind of claim: evidence of each field, copying from the last one, parts, letters."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.coding.conftest import Desk, everything
from tests.coding.test_pages import form_values

from tumen.archive import versions
from tumen.archive.models import Identifier
from tumen.coding.kinds import KINDS, WHOLE
from tumen.coding.models import Telling
from tumen.coding.queries import values

SLUGS = [kind.slug for kind in WHOLE]


def needed(desk: Desk, slug: str) -> dict[str, list[str]]:
    """Return what the form of a kind needs at least."""
    woman = str(desk.woman())
    return {
        "act": {"type": ["liberty.assault.beaten"], "victim": [woman]},
        "party": {"kind": ["person"]},
        "life-event": {"party": [woman], "kind": ["crossing"]},
        "practice-statement": {"type": ["liberty.assault.beaten"]},
        "figure": {"value_low": ["5"], "value_high": [""], "unit": ["persons"]},
        "quotation": {"role": ["a witness"]},
        "relation": {"party": [woman], "kind": ["kin"], "other": [str(desk.woman())]},
        "incident": {"date": ["2011"]},
        "episode": {"victim": [woman]},
        "interview": {"channel": ["snowball"]},
    }[slug]


@pytest.fixture
def client(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.user)
    return client


@pytest.mark.parametrize("slug", SLUGS)
def test_each_field_rests_on_a_passage_that_its_form_shows_again(desk: Desk, client: Client, slug: str) -> None:
    address = reverse("coding:new", args=[desk.source.pk])
    fields = [one.name for one in KINDS[slug].fields]
    evidence = [f"{name}:{n}-{n + 3}" for n, name in enumerate(["", *fields])]
    form = form_values(client.get(address, {"kind": slug}).content.decode())
    client.post(address, form | needed(desk, slug) | {"evidence": evidence, "_text": [str(desk.text.pk)]})
    record = KINDS[slug].model._base_manager.latest("pk")
    rests = values.anchors([record.pk])[record.pk]
    assert {name: (listed[0].start, listed[0].end) for name, listed in rests.items()} == {
        name: (n, n + 3) for n, name in enumerate(["", *fields])
    }
    from lxml import html as parser

    page = parser.fromstring(client.get(reverse("coding:edit", args=[record.pk])).content.decode())
    for name in fields:
        (field,) = page.xpath(f"//div[@data-evidence='{name}']")
        assert field.get("data-passages").split() == [str(rests[name][0].pk)], name


@pytest.mark.parametrize("slug", SLUGS)
def test_the_next_claim_starts_from_the_last_with_the_evidence_at_hand(desk: Desk, client: Client, slug: str) -> None:
    address = reverse("coding:new", args=[desk.source.pk])
    form = form_values(client.get(address, {"kind": slug}).content.decode())
    given = needed(desk, slug)
    client.post(address, form | given)
    query = {"kind": slug, "copy": "1", "evidence": f":{desk.text.pk}:3-9"}
    copied = form_values(client.get(address, query).content.decode())
    carried = {name for one in KINDS[slug].fields if one.copies for name in one.inputs}
    assert {name: copied[name] for name in given if name in carried} == {
        name: given[name] for name in given if name in carried
    }
    assert copied["evidence"] == [f":{desk.text.pk}:3-9"]
    assert "version" not in copied


@pytest.mark.parametrize("slug", [kind.slug for kind in WHOLE if any(part.name == "tellings" for part in kind.parts)])
def test_a_claim_is_told_by_someone_through_someone(desk: Desk, client: Client, slug: str) -> None:
    address = reverse("coding:new", args=[desk.source.pk])
    teller = str(desk.woman())
    form = form_values(client.get(address, {"kind": slug}).content.decode())
    told = {"tellings-0-informant": [teller], "tellings-0-connection": ["witness"]}
    client.post(address, form | needed(desk, slug) | told)
    record = KINDS[slug].model._base_manager.latest("pk")
    telling = Telling.objects.get(claim=record.pk)
    assert (str(telling.informant_id), telling.connection, telling.stance) == (teller, "witness", "supports")
    page = client.get(reverse("coding:record", args=[record.pk])).content.decode()
    assert "Told by" in page and "Witness" in page


def test_tellings_belong_to_all_that_a_source_says_and_to_nothing_that_only_groups_it() -> None:
    told = {kind.slug for kind in WHOLE if any(part.name == "tellings" for part in kind.parts)}
    assert set(SLUGS) - told == {"party", "episode", "interview"}


@pytest.mark.parametrize("slug", SLUGS)
def test_a_number_of_another_list_is_kept_sealed_changed_and_taken_out_in_the_form(
    desk: Desk, client: Client, slug: str
) -> None:
    address = reverse("coding:new", args=[desk.source.pk])
    form = form_values(client.get(address, {"kind": slug}).content.decode())
    number = {"identifiers-0-scheme": ["A list"], "identifiers-0-value": ["A-17"]}
    client.post(address, form | needed(desk, slug) | number)
    identifier = Identifier.objects.get()
    assert b"A-17" not in bytes(identifier.value)
    edit = reverse("coding:edit", args=[identifier.record])
    form = form_values(client.get(edit).content.decode())
    assert form["identifiers-0-value"] == ["A-17"]
    client.post(edit, form | {"identifiers-0-value": ["A-18"]})
    assert "A-18" in client.get(reverse("coding:record", args=[identifier.record])).content.decode()
    form = form_values(client.get(edit).content.decode())
    client.post(edit, form | {"identifiers-0-value": [""], "identifiers-0-scheme": [""]})
    assert not versions.visible(Identifier.objects.all()).exists()


def test_an_identifier_shows_nothing_to_those_who_may_not_read_identities(desk: Desk, reader: object) -> None:
    form = {"kind": "person"}
    from tumen.coding.services.entries import Entry

    party = desk.record("party", form, parts={"identifiers": [Entry({"scheme": "A list", "value": "A-17"})]}).record
    masked = Client()
    masked.force_login(reader)  # type: ignore[arg-type]
    page = masked.get(reverse("coding:record", args=[party.pk])).content.decode()
    assert "A list" in page and "A-17" not in page and "Hidden from you: 1 field" in page


def test_every_kind_has_a_letter_of_its_own_that_no_page_key_of_the_bench_takes(desk: Desk, client: Client) -> None:
    letters = [kind.key for kind in WHOLE]
    assert all(letters) and len(set(letters)) == len(letters)
    taken = {"w", "d", "e", "t", "z", "g", "n", "j", "k"}
    assert taken.isdisjoint(letters)
    html = client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    for kind in WHOLE:
        assert f'data-key="n {kind.key}"' in html


def test_a_claim_counts_its_notes_in_the_list(desk: Desk, client: Client) -> None:
    desk.record("incident", {"date": "2011"}, notes={"date": "from the letter", "place": "unclear"})
    html = client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    assert "2 notes" in html and "from the letter" not in html
    assert values.notes(everything(desk), []) == {}
