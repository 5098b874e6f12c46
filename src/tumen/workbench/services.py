"""Furnishing a new archive with what every archive needs."""

from __future__ import annotations

from tumen import vocabularies
from tumen.archive.bulk import open_bulk
from tumen.coding.services import reference
from tumen.guard.models import Membership, User
from tumen.guard.services import enrol, make_compartment, make_user

MAIN = "main"


def furnish(user: str, password: str) -> User:
    """Give a new archive the shipped vocabularies, the compartment “main” and its first user.

    She administers the archive, reads its audit, takes in and codes sources, and checks those that others coded.
    """
    first = make_user(user, password)
    bulk = open_bulk(first.pk, "a new archive: shipped vocabularies, first compartment, first user", kind="init")
    reference.load_terms(bulk, vocabularies.load())
    with bulk.change() as c:
        main = make_compartment(c, MAIN, "Main")
        for role in (Membership.Role.ADMINISTRATOR, Membership.Role.AUDITOR):
            enrol(c, first, None, role)
        for role in (Membership.Role.INVESTIGATOR, Membership.Role.CHECKER):
            enrol(c, first, main, role)
    bulk.close()
    return first
