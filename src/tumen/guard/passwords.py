"""What makes a password good enough, checked without a network, and passwords that are good once.

Long and not guessable counts; no rule asks for digits or signs. Refused are passwords among the 20,000 that leaks show
most often (Django's list), also when digits and signs were put around them, those that repeat or count, and those
built on words that anybody would try here.
"""

from __future__ import annotations

import re
import secrets
from itertools import pairwise

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tumen.guard.models import Compartment, User

OUR_WORDS = ("tumen", "archive", "password", "passphrase", "secret", "rights", "korea", "northkorea", "documentation")
FEWEST_CHARACTERS = 5
"""A password of fewer different characters is a pattern."""
MOSTLY = 0.7
"""So much of a pattern is a pattern."""


class NotGuessable:
    """Refuses what a guesser tries first."""

    def __init__(self) -> None:
        self._common = CommonPasswordValidator().passwords

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for a password that follows from a common one, a pattern, or this archive."""
        letters = re.sub(r"[\W\d_]+", "", password.casefold())
        core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password.casefold())
        if core in self._common or letters in self._common:
            raise ValidationError(_("This is a common password with signs around it."), code="common_core")
        if len(set(password)) < FEWEST_CHARACTERS or _repeats(password) or _counts(password):
            raise ValidationError(_("This password follows a pattern."), code="pattern")
        left = letters
        for word in sorted({*OUR_WORDS, *_words_of(user)}, key=len, reverse=True):
            left = left.replace(word, "")
        if letters and len(left) < FEWEST_CHARACTERS:
            raise ValidationError(_("This password is made of words that anybody would try here."), code="our_words")

    def get_help_text(self) -> str:
        """Return the rule, for the form."""
        return _("Four or five words that have nothing to do with each other are long and easy to keep.")


class Another:
    """Refuses the password that one has: what was set by somebody else must not stay."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise ValidationError for the present password."""
        if user is not None and user.pk is not None and user.check_password(password):
            raise ValidationError(_("This is the password you have; choose another."), code="same")

    def get_help_text(self) -> str:
        """Return the rule, for the form."""
        return _("It must be another than the present one.")


def one_time() -> str:
    """Return a random password for somebody's next login: 74 bits, in groups that can be read out."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(3))


def _repeats(password: str) -> bool:
    """Whether the whole is a shorter piece over and over: "abcabcabcabc"."""
    return password in (password + password)[1:-1]


def _counts(password: str) -> bool:
    """Whether most of it is one character after its neighbour: "123456789012", "abcdefghijkl"."""
    steps = [abs(ord(a) - ord(b)) for a, b in pairwise(password)]
    return sum(step <= 1 for step in steps) > len(steps) * MOSTLY


def _words_of(user: User | None) -> set[str]:
    codes = Compartment.objects.values_list("code", flat=True)
    return {word.casefold() for word in ([user.username] if user else []) + list(codes) if len(word) > 2}
