"""What every address asks of whoever opens it, and of whoever sends it something.

An address that is not listed here is refused to everybody, and a test names it. The permission is asked for before
anything is looked up, so that a refusal is the same whether a record exists or not. In which compartment a permission
must be held is the page's own to ask: it finds no record in a compartment that its user does not see.
"""

from __future__ import annotations

from dataclasses import dataclass

from tumen.guard.permissions import Permission

ANYBODY = "anybody"
"""Before a login too: the login itself, the language of the page, the quick exit."""
USER = "user"
"""Everybody who is logged in: it shows and changes nothing but her own."""
NOBODY = "nobody"
"""This address takes nothing."""


@dataclass(frozen=True)
class Needs:
    """What an address asks for: to be opened, and to be sent something."""

    to_open: str
    to_send: str = NOBODY


SEE, COUNT, CODE = (Needs(each) for each in (Permission.SEE, Permission.COUNT, Permission.CODE))
_CODES = Needs(Permission.CODE, Permission.CODE)
_SENDS_CODE = Needs(NOBODY, Permission.CODE)

NEEDS = {
    "home": Needs(USER),
    "help": Needs(USER),
    "jobs": Needs(USER),
    "stop-job": Needs(NOBODY, USER),
    "leave": Needs(ANYBODY, ANYBODY),
    "set_language": Needs(ANYBODY, ANYBODY),
    "changes": SEE,
    # Sources
    "sources:list": SEE,
    "sources:detail": SEE,
    "sources:text": Needs(Permission.NARRATIVE),
    "sources:original": Needs(Permission.IDENTITY),  # whatever it is, it names people; its page asks for narrative too
    "sources:add": _CODES,
    "sources:upload": _SENDS_CODE,
    "sources:arrived": CODE,
    "sources:piece": _CODES,
    "sources:decide": _SENDS_CODE,
    "sources:edit": _CODES,
    "sources:cite": _SENDS_CODE,
    "sources:uncite": _SENDS_CODE,
    # Coding
    "coding:source": SEE,
    "coding:new": _CODES,
    "coding:panel": SEE,
    "coding:draft": _CODES,
    "coding:parallel": _SENDS_CODE,
    "coding:adopt": _SENDS_CODE,
    "coding:check_off": Needs(NOBODY, Permission.CHECK),
    "coding:place_candidates": _SENDS_CODE,
    "coding:lost": _CODES,
    "coding:correct": _CODES,
    "coding:names": _CODES,
    "coding:edit": Needs(Permission.SEE, Permission.CODE),
    "coding:retract": _SENDS_CODE,
    "coding:act": SEE,
    "coding:party": SEE,
    "coding:record": SEE,
    "coding:permalink": SEE,
    "coding:change": SEE,
    "coding:undo": _SENDS_CODE,
    "coding:undo_batch": _SENDS_CODE,
    "coding:vocabularies": SEE,
    "coding:vocabulary": SEE,
    "coding:units": Needs(Permission.SEE, Permission.CODE),
    "coding:load_list": _CODES,
    "coding:retire_term": _SENDS_CODE,
    "coding:place_options": SEE,
    "coding:term_options": SEE,
    "coding:consent": Needs(Permission.SEE, Permission.CONSENT),
    "coding:consent_forms": Needs(Permission.SEE, Permission.CONSENT),
    "coding:consent_form": Needs(Permission.SEE, Permission.CONSENT),
    # Counting
    "counting:list": COUNT,
    "counting:consent": COUNT,
    "counting:facet": COUNT,
    "counting:tabs": COUNT,
    "counting:figures": COUNT,
    "counting:tables": COUNT,
    "counting:table": COUNT,
    "counting:ready": COUNT,
    "counting:search": Needs(NOBODY, Permission.SEARCH),
    "counting:export": Needs(Permission.EXPORT),
    "counting:export_table": Needs(Permission.EXPORT),
    "counting:save": Needs(NOBODY, Permission.COUNT),
    "counting:remove": Needs(NOBODY, Permission.COUNT),
    # Custody
    "custody": Needs(Permission.CUSTODY),
    "custody-request": Needs(NOBODY, Permission.CUSTODY),
    "custody-verify": Needs(NOBODY, Permission.CUSTODY),
    # The door
    "lock": Needs(ANYBODY, ANYBODY),
    "unlock": Needs(ANYBODY, ANYBODY),
    "here": Needs(USER, USER),
    "logins": Needs(USER),
    "end-login": Needs(NOBODY, USER),  # anybody's login but her own asks for more, which the page does
    "end-others": Needs(NOBODY, USER),
    "accounts": Needs(Permission.ADMINISTER),
    "one-time-password": Needs(NOBODY, Permission.ADMINISTER),
    "forget-factors": Needs(NOBODY, Permission.ADMINISTER),
    "end-all": Needs(NOBODY, Permission.ADMINISTER),
    "audit": Needs(Permission.AUDIT),
    "audit-export": Needs(Permission.AUDIT),
    # Users
    "guard:users": Needs(Permission.ADMINISTER, Permission.ADMINISTER),
    "guard:user": Needs(Permission.ADMINISTER, Permission.ADMINISTER),
}
OWN_LOGIN = ("account_", "mfa_")
"""How the names of allauth's pages begin: they are for whoever logs in, and look after themselves."""


def needs(name: str) -> Needs | None:
    """Return what the address of this name (as in `{% url %}`) asks for; None where nobody has said."""
    return Needs(ANYBODY, ANYBODY) if name.startswith(OWN_LOGIN) else NEEDS.get(name)
