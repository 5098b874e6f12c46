"""Coding goes on around what was erased."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from tests.coding.conftest import Desk
from tests.coding.test_pages import form_values

from tumen.archive import identity
from tumen.coding.models import Party


def test_the_coded_facts_of_an_erased_person_can_still_be_edited(desk: Desk) -> None:
    woman = desk.woman(features="a burnt hand", description="the elder sister")
    identity.destroy([woman])
    client = Client()
    client.force_login(desk.user)
    address = reverse("coding:edit", args=[woman])
    page = client.get(address).content.decode()
    assert "(erased)" not in page and "a burnt hand" not in page
    answer = client.post(address, form_values(page) | {"occupation": ["student"]})
    assert answer.status_code == 302
    assert Party.objects.get(pk=woman).occupation == "student"
    assert "(erased)" not in client.get(reverse("coding:edit", args=[woman])).content.decode()


def test_writing_to_an_erased_person_says_why_it_cannot_be_kept(desk: Desk) -> None:
    woman = desk.woman(features="a burnt hand")
    identity.destroy([woman])
    client = Client()
    client.force_login(desk.user)
    address = reverse("coding:edit", args=[woman])
    answer = client.post(address, form_values(client.get(address).content.decode()) | {"features": ["another scar"]})
    assert answer.status_code == 422
    assert "was erased" in answer.content.decode()
